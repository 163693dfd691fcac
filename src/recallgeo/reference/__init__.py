"""The reference data that recallgeo carries: read only, each file with source and licence."""

from recallgeo.reference.country_names import country_codes, name_key
from recallgeo.reference.default_surface import default_population_coding, default_population_path
from recallgeo.reference.files import ReferenceFile, broken_files, reference_path, registry
from recallgeo.reference.kinds import Hours, Kind, KindTier, hazards, kinds_from_dict, taxonomy
from recallgeo.reference.premises import (
    CodeScheme,
    kind_of_industry,
    kind_of_name,
    kind_of_premises,
)
from recallgeo.reference.tables import (
    countries,
    demo_addresses,
    demo_places,
    demo_streets,
    outlines,
    places,
    regions,
)

__all__ = [
    "CodeScheme",
    "Hours",
    "Kind",
    "KindTier",
    "ReferenceFile",
    "broken_files",
    "countries",
    "country_codes",
    "default_population_coding",
    "default_population_path",
    "demo_addresses",
    "demo_places",
    "demo_streets",
    "hazards",
    "kind_of_industry",
    "kind_of_name",
    "kind_of_premises",
    "kinds_from_dict",
    "name_key",
    "outlines",
    "places",
    "reference_path",
    "regions",
    "registry",
    "taxonomy",
]
