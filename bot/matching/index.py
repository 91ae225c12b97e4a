"""The index: all that matching has learned from one catalogue, small enough to cache in a file.

An encoder enters in `solve`: its vectors become features there, and `Index.scores` adds their share to a message's.
"""

from __future__ import annotations

import io
import json
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bot.matching.calibration import FAMILIES, Calibration, Levels, calibrate
from bot.matching.corpus import texts_of
from bot.matching.danger import Patterns
from bot.matching.features import Vocabulary
from bot.matching.learning import learn
from bot.matching.logistic import Logistic
from bot.matching.meaning import Meaning
from bot.matching.romanised import NO_DETECTOR, Detector, detector_of

if TYPE_CHECKING:
    from bot.content.model import Catalogue
    from bot.matching.encoder import Encoder, Floats
    from bot.matching.features import SparseRow

ALGORITHM = "18"
"""Changes whenever the same catalogue would give another index; part of the cache key."""


class IndexUnreadable(ValueError):
    """The bytes are no index of this version of the program; solve again."""


@dataclass(frozen=True, eq=False)
class Index:
    """Weights of the features for each column, and how to read the scores they give.

    Single precision: in half of it the last bits of solving, which differ between processors, moved scores by 1e-4.
    Columns are the competing classes (entries first), then languages, then danger, then signs. `encoder_id` is empty without one.
    """

    catalogue_version: str
    encoder_id: str
    vocabulary: Vocabulary
    columns: tuple[str, ...]
    weights: Floats
    meaning: Meaning
    meaning_weights: Floats
    calibration: Calibration
    detector: Detector = NO_DETECTOR

    def scores(self, row: SparseRow, vector: Floats | None = None) -> Floats:
        """Return the score of every column for one message: about 1 on a column's own texts, 0 on others."""
        return self.by_words(row) + self.by_meaning(vector)

    def by_words(self, row: SparseRow) -> Floats:
        """Return the part of each score that spelling gives."""
        values: Floats = row.values * self.vocabulary.signs[row.columns]
        part: Floats = values @ self.weights[self.vocabulary.places[row.columns]]
        return part

    def by_meaning(self, vector: Floats | None) -> Floats:
        """Return the part of each score that an encoder's vector gives; without one nothing."""
        if vector is None or not self.meaning.width:
            return np.zeros(len(self.columns), np.float32)
        part: Floats = self.meaning.features(vector[None])[0] @ self.meaning_weights
        return part

    def to_bytes(self) -> bytes:
        """Return the index as an npz archive without pickled objects."""
        head = {
            "algorithm": ALGORITHM,
            "catalogue": self.catalogue_version,
            "encoder": self.encoder_id,
            "columns": self.columns,
            "levels": astuple(self.calibration.levels),
            "foreign": astuple(self.calibration.foreign),
            "by_language": {language: astuple(levels) for language, levels in self.calibration.by_language.items()},
            "signs": self.calibration.signs,
        }
        arrays = {f"family_{name}": self.calibration.families[name].weights for name in FAMILIES}
        target = io.BytesIO()
        np.savez(
            target,
            allow_pickle=False,
            head=_as_array(json.dumps(head)),
            terms=_as_array("\n".join(self.vocabulary.terms)),
            rarity=self.vocabulary.rarity,
            weights=self.weights,
            mean=self.meaning.mean,
            directions=self.meaning.directions,
            meaning_weights=self.meaning_weights,
            romanised=self.detector.shares,
            **arrays,
        )
        return target.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Index:
        """Read what `to_bytes` wrote. Raises IndexUnreadable for anything else, also of another algorithm."""
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as archive:
                return _read({name: archive[name] for name in archive.files})
        except IndexUnreadable:
            raise
        except Exception as error:  # a cut-off archive breaks in a dozen ways; the remedy is always to solve again
            msg = f"Not an index: {error}"
            raise IndexUnreadable(msg) from error


def _read(arrays: dict[str, npt.NDArray[np.generic]]) -> Index:
    head = json.loads(_as_text(arrays["head"]))
    if head["algorithm"] != ALGORITHM:
        msg = f"The index was made by algorithm {head['algorithm']!r}; this is {ALGORITHM!r}."
        raise IndexUnreadable(msg)
    terms = _as_text(arrays["terms"])
    families = {name: Logistic(arrays[f"family_{name}"].astype(np.float64)) for name in FAMILIES}
    return Index(
        head["catalogue"],
        head["encoder"],
        Vocabulary(tuple(terms.split("\n")) if terms else (), arrays["rarity"].astype(np.float32)),
        tuple(head["columns"]),
        arrays["weights"].astype(np.float32),
        Meaning(arrays["mean"].astype(np.float32), arrays["directions"].astype(np.float32)),
        arrays["meaning_weights"].astype(np.float32),
        Calibration(
            families,
            Levels(*head["levels"]),
            Levels(*head["foreign"]),
            {language: Levels(*levels) for language, levels in head["by_language"].items()},
            tuple(head["signs"]),
        ),
        Detector(arrays["romanised"].astype(np.float16)),
    )


def _as_array(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)


def _as_text(array: npt.NDArray[np.generic]) -> str:
    return array.tobytes().decode()


def solve(catalogue: Catalogue, encoder: Encoder | None = None) -> Index:
    """Learn from a catalogue. The same catalogue and encoder give the same index.

    Cache the result under the catalogue's version, the encoder's id and `ALGORITHM`. Seconds and memory: docs/figures.
    """
    texts = texts_of(catalogue)
    lesson = learn(texts, Patterns(catalogue.danger), encoder)
    return Index(
        catalogue.version,
        encoder.id if encoder else "",
        lesson.vocabulary,
        lesson.columns,
        lesson.word_weights,
        lesson.meaning,
        lesson.meaning_weights,
        calibrate(lesson),
        detector_of([text for text in texts if text.label.startswith("entry:")]),
    )
