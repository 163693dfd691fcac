"""Hand-written names that registers use and no package holds; judgement."""

__all__ = ["COUNTRY_ALIASES", "DEAD_COUNTRIES", "REGION_CODES", "REGION_WORDS"]

DEAD_COUNTRIES = frozenset({"AN", "CS"})
"""Codes of states that no longer exist but still stand in the lists of GeoNames."""

COUNTRY_ALIASES: dict[str, list[str]] = {
    "AE": ["UAE", "U.A.E.", "Emirates"],
    "AT": ["Oesterreich", "Republic of Austria"],
    "BA": ["Bosnia", "Bosnia-Herzegovina"],
    "BN": ["Brunei Darussalam"],
    "BO": ["Bolivia, Plurinational State of", "Plurinational State of Bolivia"],
    "BQ": ["Bonaire, Sint Eustatius and Saba"],
    "CD": ["Congo, The Democratic Republic of the", "Democratic Republic of the Congo", "DRC"],
    "CG": ["Republic of the Congo", "Congo, Republic of the", "Congo-Brazzaville"],
    "CH": ["Schweizerische Eidgenossenschaft", "Swiss Confederation"],
    "CI": ["Cote d'Ivoire", "Ivory Coast"],
    "CN": ["PRC", "P.R. China", "PR China", "People's Republic of China", "Mainland China"],
    "CV": ["Cape Verde", "Cabo Verde"],
    "CZ": ["Czech Republic", "Czech Rep."],
    "DE": ["BRD", "Bundesrepublik Deutschland", "Federal Republic of Germany"],
    "DO": ["Dominican Rep."],
    "FK": ["Falkland Islands (Malvinas)"],
    "FM": ["Micronesia, Federated States of", "Federated States of Micronesia"],
    "GB": [
        *("Great Britain", "Britain", "United Kingdom of Great Britain and Northern Ireland"),
        *("England", "Scotland", "Wales", "Northern Ireland", "UK", "G.B."),
    ],
    "GM": ["The Gambia"],
    "HK": ["Hong Kong", "Hong Kong SAR", "Hongkong"],
    "IE": ["Republic of Ireland", "Rep. of Ireland", "Eire"],
    "IR": ["Iran, Islamic Republic of", "Islamic Republic of Iran"],
    "KP": [
        *("Korea, Democratic People's Republic of", "Democratic People's Republic of Korea"),
        *("DPRK", "Korea, North", "Korea (North)"),
    ],
    "KR": ["Korea, Republic of", "Republic of Korea", "Korea, South", "Korea (South)", "ROK"],
    "LA": ["Lao People's Democratic Republic", "Lao PDR", "Laos"],
    "MD": ["Moldova, Republic of", "Republic of Moldova"],
    "MK": ["Macedonia", "FYROM", "Republic of North Macedonia"],
    "MM": ["Burma", "Myanmar"],
    "MO": ["Macau", "Macao", "Macao SAR", "Macau SAR"],
    "NL": ["Holland", "The Netherlands"],
    "PS": ["Palestine", "State of Palestine", "Palestine, State of", "Palestinian Territory"],
    "RU": ["Russian Federation"],
    "SK": ["Slovak Republic"],
    "SY": ["Syrian Arab Republic"],
    "SZ": ["Swaziland", "Eswatini"],
    "TL": ["East Timor"],
    "TR": ["Turkey", "Turkiye", "Republic of Turkey"],
    "TW": ["Taiwan, Province of China", "Taiwan, ROC", "Republic of China"],
    "TZ": ["Tanzania, United Republic of", "United Republic of Tanzania"],
    "US": ["USA", "U.S.", "U.S.A.", "United States of America", "US of A"],
    "VA": ["Holy See", "Vatican", "Vatican City State"],
    "VE": ["Venezuela, Bolivarian Republic of", "Bolivarian Republic of Venezuela"],
    "VG": ["Virgin Islands, British"],
    "VI": ["Virgin Islands, U.S.", "US Virgin Islands"],
    "VN": ["Viet Nam", "Vietnam"],
}
"""Further names of countries by alpha-2 code."""

REGION_WORDS = frozenset(
    """
    and autonomous canton cantone commune community council county de department departamento
    departement di district division do emirate estado free governorate kanton la municipality
    oblast of parish prefecture provincia province provinsi qalin region regiao regione republic
    state territory the voivodeship wilaya wojewodztwo
    """.split()  # noqa: SIM905  # a list of words reads best as words
)
"""Words that name the sort of a region, not the region; left out where full names differ."""

REGION_CODES = {
    "CZ.52": "10",
    "CZ.78": "64",
    "CZ.81": "41",
    "CZ.88": "20",
    "CZ.90": "72",
    "FI.10": "04",
    "FI.11": "15",
    "FI.14": "03",
    "FI.17": "14",
    "FR.27": "BFC",
    "FR.75": "NAQ",
    "FR.94": "20R",
    "IT.17": "32",
}
"""ISO 3166-2 codes of regions whose English names differ between the sources."""
