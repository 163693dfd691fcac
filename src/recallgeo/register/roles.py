"""Several addresses of one unit: use the first that says anything, whole, and say which."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from recallgeo.register.arrow_text import NOTHING, TEXT, Texts
from recallgeo.register.column_map import ROLE_FIELDS

__all__ = ["choose_roles"]

_PLACE_PARTS = ("street", "city", "postcode", "address_raw", "building", "longitude", "latitude")

Block = Mapping[str, Texts]


def choose_roles(
    filled: Mapping[str, Texts], blocks: Mapping[str, Block], precedence: Sequence[str]
) -> dict[str, Texts]:
    """Choose each unit's address among its roles.

    An address is taken whole: the city of one role never stands beside the street of another.
    A country alone is no address; it stays where no role says more.

    Parameters
    ----------
    filled : mapping of str to arrow array
        The table's columns; its address fields are the role ``install_at``.
    blocks : mapping of str to mapping of str to arrow array
        Address fields by role.
    precedence : sequence of str
        Roles, the one to use first.

    Returns
    -------
    dict of str to arrow array
        The columns with the chosen address, ``address_role``, and the addresses of the further
        roles as ``x_<role>_<field>``.
    """
    plain = {name: value for name, value in filled.items() if name in ROLE_FIELDS}
    others = {name: value for name, value in filled.items() if name not in plain}
    roles = dict(blocks) | {"install_at": plain | dict(blocks.get("install_at", {}))}
    ordered = [(role, roles[role]) for role in precedence if roles.get(role)]
    chosen = _first_address(ordered)
    if "country" in plain:
        chosen["country"] = pc.coalesce(chosen["country"], plain["country"])
    extras = {
        f"x_{role}_{name}": value
        for role, block in ordered
        if role != "install_at"
        for name, value in block.items()
    }
    return others | chosen | extras


def _first_address(ordered: Sequence[tuple[str, Block]]) -> dict[str, Texts]:
    names = dict.fromkeys(name for _, block in ordered for name in block)
    chosen: dict[str, Texts] = dict.fromkeys([*names, "address_role"], NOTHING)
    for role, block in reversed(ordered):
        says = _says_a_place(block)
        if says is None:
            continue
        for name in names:
            chosen[name] = pc.if_else(says, block.get(name, NOTHING), chosen[name])
        chosen["address_role"] = pc.if_else(says, pa.scalar(role, TEXT), chosen["address_role"])
    return chosen


def _says_a_place(block: Block) -> Texts | None:
    parts = [pc.is_valid(block[name]) for name in _PLACE_PARTS if name in block]
    if not parts:
        return None
    says = parts[0]
    for part in parts[1:]:
        says = pc.or_(says, part)
    return says
