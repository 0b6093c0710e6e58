"""The words of the synthetic export: what its platform calls things, and people, plates and numbers of nobody.

Telephone numbers are of the range that the French regulator keeps for films (06 39 98), addresses on the internet of
the ranges kept for documentation, plates have the letters I, O and U, which no French plate has, and the surnames and
streets are made up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    import numpy as np

CATEGORIES: Final = {
    "street": "Vente sur la voie publique",
    "building": "Vente dans un immeuble",
    "delivery": "Livraison à domicile",
    "storage": "Stockage chez un tiers",
    "growing": "Culture de cannabis",
    "use": "Consommation",
    "other": "Autre",
    "unspecified": "Non précisé",
}
TRIAGES: Final = {"kept": "Retenu", "set_aside": "Écarté", "duplicate": "Doublon", "pending": "En cours"}
PRECISIONS: Final = {"address": "Adresse", "street": "Rue", "place": "Lieu-dit", "commune": "Commune seule"}

FIRST_NAMES: Final = ("Maëlle", "Ylan", "Oriane", "Tiburce", "Ismérie", "Loïs", "Aurèle", "Zélie", "Sohan", "Nérée")
SURNAMES: Final = (
    "Brévandet",
    "Chassonay",
    "Mirquetot",
    "Oudravel",
    "Pelgrinet",
    "Sarrovel",
    "Tournebière",
    "Vuillamoz",
)
STREETS: Final = (
    "rue des Trois-Merlettes",
    "allée du Grand-Fuseau",
    "rue Basse-Noyeraie",
    "cours du Vieux-Lavoir-Neuf",
)

_PLAIN: Final = (
    "Bonjour, {who} du {floor} étage, appartement {flat}, reçoit des clients tous les soirs. Mon numéro : {phone}.",
    "Toujours le même individu, {who}, dans une Clio noire immatriculée {plate} ; il cache les sachets sous le siège.",
    "Je suis la voisine, Mme {other} ; appelez-moi au {phone} après 18h. Ça crie jusqu'à minuit devant chez {who}.",
    'Les jeunes "guettent" au {address} ; le chef se fait appeler {alias} ; voiture {plate}.',
    "Mon fils connaît {who} ; il habite {address}, porte {flat}.\nMerci de ne pas dire mon nom : {other}.",
)
_STORIES: Final = {
    "scooter": (
        "Livraisons en scooter, plaque {plate}, casque blanc ; on commande par téléphone au {phone}.",
        "Un scooter dépose des pochons à domicile, {who} descend les chercher ; appartement {flat}, {address}.",
    ),
    "stash": (
        "Odeur d'herbe très forte au {address}, appartement {flat} ; {who} sort des cartons de sachets vides.",
        "On y garde de la résine et de l'herbe, avec du conditionnement ; chez {who}, {floor} étage, voiture {plate}.",
    ),
}


def people(rng: np.random.Generator, size: int) -> pd.DataFrame:
    """Invent who and what each message is about.

    Parameters
    ----------
    rng : numpy.random.Generator
    size : int
        Messages.

    Returns
    -------
    pandas.DataFrame
        Text columns who, other, alias, chat, ip, phone, plate, flat, floor, address.
    """

    def digits(width: int, least: int = 0) -> pd.Series[str]:
        return pd.Series(rng.integers(least, 10**width, size).astype(str)).str.zfill(width)

    def one(words: tuple[str, ...]) -> pd.Series[str]:
        return pd.Series(rng.choice(words, size))

    return pd.DataFrame(
        {
            "who": one(FIRST_NAMES) + " " + one(SURNAMES),
            "other": one(SURNAMES),
            "alias": "le_" + one(SURNAMES).str.lower() + digits(2),
            "chat": "tchat:" + digits(6) + "-" + digits(6),
            "ip": one(("192.0.2.", "198.51.100.", "203.0.113.")) + pd.Series(rng.integers(1, 255, size).astype(str)),
            "phone": "06 39 98 " + digits(2) + " " + digits(2),
            "plate": one(("UI", "OU", "IO")) + "-" + digits(3, least=100) + "-" + one(("OI", "UO", "II")),
            "flat": digits(3, least=100),
            "floor": one(("1er", "2e", "3e", "4e", "7e")),
            "address": pd.Series(rng.integers(1, 90, size).astype(str)) + " " + one(STREETS),
        }
    )


def comments(rng: np.random.Generator, story: pd.Series[str], people: pd.DataFrame) -> list[str]:
    """Write the free text of each message.

    Parameters
    ----------
    rng : numpy.random.Generator
    story : pandas.Series
        Key of an event, or "".
    people : pandas.DataFrame
        As ``people`` gives it.

    Returns
    -------
    list of str
    """
    pick = rng.integers(0, 1 << 16, len(people))
    texts = []
    # Some thousand messages of a sample, not reports on their way through the door: a loop is the clearest.
    for row, event, number in zip(_records(people), story, pick, strict=True):
        patterns = _STORIES.get(event, _PLAIN)
        texts.append(patterns[number % len(patterns)].format(**row))
    return texts


def _records(people: pd.DataFrame) -> list[dict[str, str]]:
    columns = {str(name): people[name].tolist() for name in people.columns}
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]
