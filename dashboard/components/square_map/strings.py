"""The texts that the map needs; the catalogue has them in each language. ``{name}`` stands for a value."""

STRING_KEYS = frozenset(
    {
        "locale",
        # the map and its views
        "map_label",
        "view_label",
        "view_surface",
        "view_blocks",
        "overline_surface",
        "overline_blocks",
        "whole",
        "zones_label",
        "zoom_in",
        "zoom_out",
        "attribution",
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
        "legend_nothing_surface",  # {k}
        "legend_nothing_blocks",  # {k}
        "legend_outside",
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
        "nothing_here",  # {k}
    }
)
