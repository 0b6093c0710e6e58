"""The texts that the map needs; the catalogue has them in each language. ``{name}`` stands for a value."""

STRING_KEYS = frozenset(
    {
        "locale",
        # the map and its views
        "map_label",
        "view_label",
        "view_surface",
        "view_blocks",
        "view_sides",
        "view_change",
        "overline_surface",
        "overline_blocks",
        "overline_sides",
        "overline_change",
        "compare",
        "compare_title",
        "before_label",
        "seen",  # {period} {month}
        "not_comparable",
        "whole",
        "zones_label",
        "zoom_in",
        "zoom_out",
        "attribution",
        "basemap",  # {source}
        "keys",
        # the period
        "granularity_label",
        "month",
        "quarter",
        "year",
        "last3",
        "last6",
        "last12",
        "slider_label",
        "previous",
        "next",
        "play",
        "pause",
        # the legend
        "legend_label",
        "legend_surface",
        "legend_blocks",
        "legend_unit",
        "legend_estimated",
        "legend_published",
        "legend_coarse",  # {size}
        "legend_nothing",
        "legend_outside",
        "legend_change",
        "legend_more",
        "legend_less",
        "legend_chance",
        "legend_unsaid",
        "clusters",
        "cluster",  # {label}
        # hovering
        "square",  # {size}
        "residents",  # {residents}
        "estimate",
        "estimate_under",  # {value}
        "interval",  # {low} {high}
        "fewer",  # {k}
        "below",  # {value}
        "measured",  # {share}
        "published",
        "density",  # {density}
        "partial",  # {share}
        "and_more",  # {count}
        "nothing_here",
    }
)
