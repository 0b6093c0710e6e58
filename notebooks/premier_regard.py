# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Premier regard sur une publication
#
# Ce carnet ouvre une publication de Vigie et dessine sa carte et ses séries. Il lit la publication seule : rien de
# confidentiel n’est à sa portée. Il fonctionne sans réseau.
#
# Deux chemins suffisent : le dossier de la publication et le fichier du territoire. Par défaut, l’exemple fabriqué par
# `make demo` ; les variables d’environnement `VIGIE_RELEASE` et `VIGIE_TERRITORY` en nomment d’autres.
#
# Pour l’ouvrir dans Jupyter : `jupytext --to ipynb notebooks/premier_regard.py`.

# %%
import os
from pathlib import Path

import pandas as pd

import analytics

analytics.plots.offline_charts()  # les graphiques ne demandent rien à un serveur

ROOT = Path.cwd() if (Path.cwd() / "data").is_dir() else Path.cwd().parent
release = analytics.release.read(os.environ.get("VIGIE_RELEASE", ROOT / "var" / "release"))
territory = analytics.territory.load(os.environ.get("VIGIE_TERRITORY", ROOT / "data" / "territory" / "doubs.toml"))

# %% [markdown]
# ## Ce que dit la dernière publication
#
# La part d’un trimestre déjà placée sur la carte compte : ce qui est récent n’est pas encore tout dit.

# %%
latest = analytics.trends.latest(release)
print(f"Publication {latest.vintage}, de {latest.first_month} à {latest.through} : {latest.facts_added} faits.")
if latest.reason == "complete":
    print(
        f"Du trimestre {latest.quarter}, {latest.episodes} signalements distincts : "
        f"{latest.share_blocks:.0%} en carreaux fins, {latest.share_outlook:.0%} dans le relevé large."
    )
else:
    print("La part du dernier trimestre qui est sur la carte ne peut pas être dite.")
if release.manifest["synthetic"]:
    print("Données synthétiques : aucun signalement réel.")

# %% [markdown]
# ## Les faits publiés
#
# Un fait est un nombre : une table, un territoire, une période, un nombre `n` de signalements distincts. Dans la table
# `breakdown`, c’est un nombre par valeur d’un attribut : d’un attribut à l’autre, rien ne s’additionne.

# %%
release.facts.groupby(["table", "attribute", "area_level", "period_level"])["n"].agg(["count", "sum", "min"])

# %% [markdown]
# ## La carte
#
# L’estimation des douze derniers mois clos, et les faits exacts à un clic. Les hachures grises disent « rien ne peut
# être dit ici » : ni zéro, ni calme.

# %%
surface = analytics.surface.fit(release, territory)
first, last = analytics.plots.last_months(release)
window = analytics.surface.window(surface, first, last)
carte = analytics.plots.folium_map(release, territory, window, first=first, last=last)
carte

# %% [markdown]
# Les dix carreaux où l’estimation est la plus forte, avec leur intervalle et la part qui vient de faits mesurés là.

# %%
window.nlargest(10, "estimate")[["cell", "estimate", "low", "high", "measured", "said"]]

# %% [markdown]
# La même carte en un seul fichier, à envoyer ou à imprimer : `analytics.plots.save_html(carte, "carte.html")`.

# %% [markdown]
# ## Les fichiers
#
# Les mêmes faits pour QGIS ou un tableur : chaque ligne dit ce que son nombre ne compte pas (`holds`). Pour écrire un
# fichier : `analytics.exports.write(couches, "vigie.gpkg")`.
#
# Un calque enregistré en GeoJSON dans `release.path / "derived" / "layers"` s’ajoute à la carte de la page analyste.

# %%
couches = analytics.exports.gather(release, territory, ["blocks", "zones"])
couches.layers["blocks"].tail(5)[["place", "period_start", "period_end", "n", "covered", "nominal", "density", "holds"]]

# %% [markdown]
# ## Les séries
#
# Un mois non dit tient moins de *k* signalements, ou a été retenu : ce n’est ni zéro, ni un trou.

# %%
monthly = analytics.trends.monthly(release, territory.code, territory)
sums = analytics.trends.sums(release, territory.code)
analytics.plots.series_chart(monthly, sums, area=territory.name, k=release.k)

# %%
zone, name = territory.zones["name"].index[0], territory.zones["name"].iloc[0]
monthly = analytics.trends.monthly(release, zone, territory)
analytics.plots.series_chart(monthly, analytics.trends.sums(release, zone), area=name, k=release.k)

# %% [markdown]
# ## Cette année et la précédente
#
# Les mêmes mois, sur des totaux complets seulement. Un changement n’est nommé que si son intervalle exclut 1.

# %%
areas = {territory.code: territory.name, **territory.zones["name"]}
pd.DataFrame({name: vars(analytics.trends.same_months(release, area)) for area, name in areas.items()}).T[
    ["this", "last", "ratio", "low", "high", "named", "reason"]
]
