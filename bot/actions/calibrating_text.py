"""What a deployment's own verdicts come to: as lines for a terminal, as JSON for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.actions.calibrating import Judged, Learned, Refit
    from bot.actions.measuring_figures import Share


def as_text(found: Learned) -> str:
    """Return it as an operator reads it in a terminal."""
    head = (
        f"Verdicts of presses (algorithm {found.algorithm}, encoder {found.encoder_id or 'none'}): {found.verdicts}; "
        f"entries right: {found.right}, wrong: {found.verdicts - found.right}."
    )
    if found.refit is None:
        return f"{head}\nAt least {found.needed} are needed; nothing was refitted."
    before, after = found.refit.shipped, found.refit.refitted
    rows = [
        f"{one.name:<10}{_cell(one.precision)}{_cell(one.coverage)}{_cell(other.precision)}{_cell(other.coverage)}"
        for one, other in zip(before.cuts, after.cuts, strict=True)
    ]
    return "\n".join(
        line.rstrip()
        for line in (
            head,
            "Judged on presses that are new to the weights; in brackets where the share lies, 19 times in 20.",
            "",
            f"{'':<10}{'shipped':<44}refitted",
            f"{'p from':<10}" + f"{'precision':<22}{'coverage':<22}" * 2,
            *rows,
            f"{'log loss':<10}{before.loss:<44.4f}{after.loss:.4f}",
        )
    )


def _cell(share: Share) -> str:
    if share.value is None or share.interval is None:
        return f"{'-':<22}"
    low, high = share.interval
    return f"{f'{share.value:.3f} ({low:.2f}-{high:.2f})':<22}"


def as_json(found: Learned) -> dict[str, object]:
    """Return it as JSON values."""
    told: dict[str, object] = {
        "verdicts": found.verdicts,
        "right": found.right,
        "needed": found.needed,
        "algorithm": found.algorithm,
        "encoder": found.encoder_id,
    }
    if found.refit is None:
        return told
    return told | {"worse": found.refit.worse, "figures": figures(found.refit)}


def figures(of: Refit) -> dict[str, object]:
    """Return how well both weights do, as JSON values."""
    return {"shipped": _judged_as_json(of.shipped), "refitted": _judged_as_json(of.refitted)}


def _judged_as_json(judged: Judged) -> dict[str, object]:
    cuts = {
        one.name: {"precision": _share_as_json(one.precision), "coverage": _share_as_json(one.coverage)}
        for one in judged.cuts
    }
    return {"log_loss": round(judged.loss, 4), "from": cuts}


def _share_as_json(share: Share) -> dict[str, object]:
    interval = share.interval and [round(end, 4) for end in share.interval]
    value = None if share.value is None else round(share.value, 4)
    return {"share": value, "interval": interval, "count": share.count, "of": share.of}
