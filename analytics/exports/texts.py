"""What an exported file says of itself, in French and in English: sentences, columns, caveats."""

from __future__ import annotations

from typing import Final

FRENCH: Final[dict[str, str]] = {
    "readme": "lisez_moi",
    "subject": "sujet",
    "text": "texte",
    "holds_all": "Tout le sol, toute la période.",
    "holds_part": (
        "Ne compte que {share}\u00a0% de ce sol et de cette période\u00a0: le reste est dans d’autres faits de la même "
        "table, ou ne peut pas être dit."
    ),
    "between": "Estimation\u00a0: entre {low} et {high} (intervalle à 90\u00a0%).",
    "fewer": "Moins de {k}, peut-être aucun.",
    "yes": "oui",
    "no": "non",
    "about.title": "Vigie, signalements distincts\u00a0: {territory}",
    "about.audience": "Diffusion",
    "about.vintage": "Millésime",
    "about.vintage_text": "{vintage}, mois clos jusqu’à {through}",
    "about.k": "Seuil",
    "about.k_text": "au moins {k} signalements distincts derrière chaque nombre publié",
    "about.cell": "Plus petit carreau",
    "about.cell_text": "{size} m de côté, grille {crs}",
    "about.synthetic": "Données fictives",
    "about.synthetic_yes": "oui\u00a0: tous les signalements ont été inventés, aucun lieu n’est mis en cause",
    "about.restricted": "Zones",
    "about.source": "Source",
    "about.note": "À savoir",
    "about.caveat": "Attention",
    "about.layer": "Couche {name}",
    "about.column": "Colonne {name}",
    "audience.command": "commandement",
    "audience.prevention": "prévention",
    "audience.public": "ouverte à tous",
    "caveat.withheld": (
        "Ce qui n’a pas de ligne n’est ni un zéro ni un petit nombre\u00a0: aucun signalement, ou des signalements qui "
        "attendent d’être réunis à d’autres."
    ),
    "caveat.sums": "Les tables se recoupent\u00a0: on n’additionne jamais les nombres de deux tables.",
    "caveat.estimate": (
        "La couche surface est une estimation\u00a0: elle répartit au carreau les faits publiés plus largement."
    ),
    "caveat.quiet": "Peu de signalements ne veut pas dire un lieu calme.",
    "caveat.offence": (
        "Un signalement n’est pas une infraction\u00a0: un appel à signaler fait monter les signalements, "
        "que le trafic ait changé ou non."
    ),
    "layer.facts": "Faits publiés choisis, toutes tables ensemble\u00a0: ne pas les additionner.",
    "layer.blocks": "Blocs publiés\u00a0: nombres exacts par carré et période. En hachures, une partie du sol.",
    "layer.outlook": "Relevé à grands carreaux\u00a0: nombres exacts, plus tôt et plus large que les blocs.",
    "layer.series": "Séries des zones\u00a0: nombres exacts, signalements sans coordonnées compris.",
    "layer.departement": "Territoire entier\u00a0: nombres exacts, signalements sans coordonnées compris.",
    "layer.breakdown": "Répartitions par attribut\u00a0: entre attributs, rien ne se croise ni ne s’additionne.",
    "layer.surface": "Estimation au carreau, de {first} à {last}, avec son intervalle à 90\u00a0%.",
    "layer.zones": "Zones, avec leurs habitants estimés.",
    "column.table": "table du fait\u00a0: blocks, outlook, series, departement ou breakdown",
    "column.vintage": "millésime qui a publié le fait",
    "column.order": "rang de publication\u00a0: mois de clôture, puis numéro",
    "column.area": "aire\u00a0: identifiant Insee du carré, identifiant de la zone ou code du territoire",
    "column.area_level": "niveau d’aire\u00a0: côté du carré en mètres, zone ou departement",
    "column.period_start": "premier jour de la période",
    "column.period_end": "dernier jour de la période, compris",
    "column.period_level": "month (mois), quarter (trimestre) ou year (année)",
    "column.attribute": "attribut réparti, vide ailleurs",
    "column.value": "valeur de l’attribut, vide ailleurs",
    "column.n": "nombre de signalements distincts",
    "column.covered": "carreaux × mois dont le nombre parle",
    "column.residents": "habitants de ce sol (estimés)",
    "column.reports": "signalements reçus, arrondis au multiple du seuil inférieur",
    "column.nominal": "carreaux × mois de toute l’aire et de toute la période",
    "column.place": "commune la plus peuplée du carré, ou nom de la zone",
    "column.others": "nombre d’autres communes dans le carré",
    "column.size_m": "côté du carré, en mètres",
    "column.density": "signalements distincts par km² et par an, sur le sol et les mois comptés",
    "column.holds": "ce que le nombre compte, et ce qu’il ne compte pas, en une phrase",
    "column.zone": "zone du carreau",
    "column.first": "premier mois de l’estimation",
    "column.last": "dernier mois de l’estimation",
    "column.estimate": "signalements distincts estimés",
    "column.low": "bas de l’intervalle à 90\u00a0%",
    "column.high": "haut de l’intervalle à 90\u00a0%",
    "column.measured": "part de l’estimation qui vient de faits dont le sol est ce carreau seul (0 à 1)",
    "column.said": "estimate, ou fewer_than_k\u00a0: moins que le seuil, peut-être aucun",
    "column.name": "nom de la zone",
    "style.name": "Vigie",
    "style.recent": "Les douze derniers mois clos",
    "style.older": "Plus ancien",
    "style.whole": "{bounds} par km² et par an",
    "style.part": "{bounds}, une partie du sol",
    "style.from": "{low} et plus",
    "style.under": "moins de {high}",
    "style.range": "{low} à {high}",
    "style.fewer": "moins de {k}, peut-être aucun",
    "style.zone": "zone",
    "decimal": ",",
}

ENGLISH: Final[dict[str, str]] = {
    "readme": "readme",
    "subject": "subject",
    "text": "text",
    "holds_all": "All the ground, all the period.",
    "holds_part": (
        "Counts only {share}% of this ground and period: the rest is in other facts of the same table, or cannot be "
        "told."
    ),
    "between": "Estimate: between {low} and {high} (90% interval).",
    "fewer": "Fewer than {k}, perhaps none.",
    "yes": "yes",
    "no": "no",
    "about.title": "Vigie, distinct reports: {territory}",
    "about.audience": "Audience",
    "about.vintage": "Vintage",
    "about.vintage_text": "{vintage}, months closed up to {through}",
    "about.k": "Threshold",
    "about.k_text": "at least {k} distinct reports behind every published number",
    "about.cell": "Smallest cell",
    "about.cell_text": "{size} m wide, grid {crs}",
    "about.synthetic": "Made-up data",
    "about.synthetic_yes": "yes: all reports were invented, no place is accused of anything",
    "about.restricted": "Zones",
    "about.source": "Source",
    "about.note": "Note",
    "about.caveat": "Caution",
    "about.layer": "Layer {name}",
    "about.column": "Column {name}",
    "audience.command": "command",
    "audience.prevention": "prevention",
    "audience.public": "open to all",
    "caveat.withheld": (
        "What has no row is neither a zero nor a small number: no report, or reports that wait for others to join."
    ),
    "caveat.sums": "Tables overlap: never add up numbers of two tables.",
    "caveat.estimate": "The layer surface is an estimate: it shares out among cells what was published of wider areas.",
    "caveat.quiet": "Few reports do not make a quiet place.",
    "caveat.offence": (
        "A report is not an offence: a call to report raises reports, whether or not the trafficking has changed."
    ),
    "layer.facts": "Chosen facts of all tables together: do not add them up.",
    "layer.blocks": "Published blocks: exact numbers by square and period. Hatched: only a part of the ground.",
    "layer.outlook": "Quick picture of large squares: exact numbers, sooner and wider than the blocks.",
    "layer.series": "Series of the zones: exact numbers, reports without coordinates included.",
    "layer.departement": "The whole territory: exact numbers, reports without coordinates included.",
    "layer.breakdown": "Breakdowns by attribute: attributes are never crossed or added up.",
    "layer.surface": "Estimate of each cell, {first} to {last}, with its 90% interval.",
    "layer.zones": "Zones, with their estimated inhabitants.",
    "column.table": "table of the fact: blocks, outlook, series, departement or breakdown",
    "column.vintage": "vintage that published the fact",
    "column.order": "moment of publication: closing month, then number",
    "column.area": "area: INSEE id of the square, id of the zone or code of the territory",
    "column.area_level": "level of the area: width of the square in metres, zone or departement",
    "column.period_start": "first day of the period",
    "column.period_end": "last day of the period, included",
    "column.period_level": "month, quarter or year",
    "column.attribute": "attribute that is broken down, empty elsewhere",
    "column.value": "value of the attribute, empty elsewhere",
    "column.n": "number of distinct reports",
    "column.covered": "cells × months that the number speaks of",
    "column.residents": "inhabitants of that ground (estimated)",
    "column.reports": "reports received, rounded down to a multiple of the threshold",
    "column.nominal": "cells × months of the whole area and period",
    "column.place": "most populous commune in the square, or name of the zone",
    "column.others": "number of other communes in the square",
    "column.size_m": "width of the square, metres",
    "column.density": "distinct reports per km² per year, over the ground and months counted",
    "column.holds": "what the number counts and what it does not, in a sentence",
    "column.zone": "zone of the cell",
    "column.first": "first month of the estimate",
    "column.last": "last month of the estimate",
    "column.estimate": "estimated distinct reports",
    "column.low": "lower end of the 90% interval",
    "column.high": "upper end of the 90% interval",
    "column.measured": "part of the estimate that comes from facts whose ground is that cell alone (0 to 1)",
    "column.said": "estimate, or fewer_than_k: fewer than the threshold, perhaps none",
    "column.name": "name of the zone",
    "style.name": "Vigie",
    "style.recent": "The last twelve closed months",
    "style.older": "Older",
    "style.whole": "{bounds} per km² per year",
    "style.part": "{bounds}, part of the ground",
    "style.from": "{low} and more",
    "style.under": "under {high}",
    "style.range": "{low} to {high}",
    "style.fewer": "fewer than {k}, perhaps none",
    "style.zone": "zone",
    "decimal": ".",
}

LANGUAGES: Final[dict[str, dict[str, str]]] = {"fr": FRENCH, "en": ENGLISH}


def texts(language: str) -> dict[str, str]:
    """Return the texts of a language.

    Raises
    ------
    ValueError
        There is no such language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"There is no language {language!r}; known are {', '.join(LANGUAGES)}.")
    return LANGUAGES[language]
