"""Packages that are not installed, or that only show something: stand-ins that do the part a network needs."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from annprobe.subject.reading.legacy import Note
from annprobe.subject.surroundings.missing import sklearn
from annprobe.subject.surroundings.missing.data import DataGuess
from annprobe.subject.surroundings.missing.files import Files
from annprobe.subject.surroundings.missing.frames import pandas
from annprobe.subject.surroundings.missing.inert import Inert
from annprobe.subject.surroundings.missing.optimize import Optimize
from annprobe.subject.surroundings.missing.tables import Loaded

_LOADING = ("load", "read", "fetch", "get_data", "get_mnist", "dataset", "make_", "import_data")


def inert(name: str) -> Any:
    """An object that does nothing."""
    return Inert(name)


def offers(
    numpy: types.ModuleType, guess: DataGuess, files: Files, note: Note
) -> dict[str, Callable[[], types.ModuleType]]:
    """Stand-ins by top name of the package; each is made when it is first imported."""
    make = numpy.array
    return {
        "tqdm": _tqdm,
        "progressbar": _tqdm,
        "numba": _numba,
        "pandas": lambda: pandas(files, guess, make, Inert("pandas")),
        "sklearn": lambda: _sklearn(guess, make, note),
        "keras": lambda: _keras("keras", guess, make, note),
        "tensorflow": lambda: _keras("tensorflow", guess, make, note),
        "mnist": lambda: _mnist(guess, make, note),
        "scipy": lambda: _scipy(numpy, files, note),
        "h5py": lambda: _module("h5py", File=files.h5),
    }


class MissingModule(Inert):
    """A module that was not found: its loaders give data (and say so), activations are the textbook's, else nothing."""

    def __init__(
        self, name: str, numpy: types.ModuleType, guess: DataGuess, note: Note,
        helper: Callable[[str], Callable[[Any], Any] | None] = lambda name: None,
    ) -> None:  # fmt: skip
        super().__init__(name)
        vars(self).update(_numpy=numpy, _guess=guess, _note=note, _helper=helper)

    def __getattr__(self, name: str) -> Any:
        low = name.lower()
        if name in ("np", "numpy"):
            return vars(self)["_numpy"]  # ``from common.util import np``, that may stand for another numpy
        helper = None if name.startswith("__") else vars(self)["_helper"](name)
        if helper is not None:
            return helper
        if name.startswith("__") or not any(stem in low for stem in _LOADING):
            return super().__getattr__(name)
        return _Loader(f"{self.__name__}.{name}", vars(self))


class _Loader(Inert):
    """What loads data, be it a function, or a class or module of such: called, it gives data and says so."""

    def __init__(self, name: str, own: dict[str, Any]) -> None:
        super().__init__(name)
        vars(self)["_own"] = {key: own[key] for key in ("_numpy", "_guess", "_note")}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Loader(f"{self.__name__}.{name}", vars(self)["_own"])

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Data of the size that was guessed, in the shape in which they are unpacked."""
        own = vars(self)["_own"]
        own["_note"](f"{self.__name__} is not there: data of a plausible kind took the place of its result")
        return Loaded(own["_guess"], own["_numpy"].array)


def _module(name: str, **attributes: Any) -> Inert:
    """A package of which only ``attributes`` do anything."""
    module = Inert(name)
    vars(module).update(attributes)
    return module


class _Bar:
    """A progress bar that shows nothing: iterate over it, or call its methods."""

    def __init__(self, iterable: Iterable[Any] = (), *args: Any, **kwargs: Any) -> None:
        self._iterable = iterable

    @classmethod
    def write(cls, *args: Any, **kwargs: Any) -> None:
        """Prints beside the bar; here nothing."""

    def __iter__(self) -> Any:
        return iter(self._iterable)

    def __len__(self) -> int:
        return len(self._iterable)  # type: ignore[arg-type]  # as far as the iterable has a length

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *exc: object) -> None: ...

    def __call__(self, iterable: Iterable[Any]) -> Iterable[Any]:
        return iterable

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **kwargs: None


def _range(*args: int, **kwargs: Any) -> _Bar:
    return _Bar(range(*args))


def _tqdm() -> types.ModuleType:
    names: dict[str, Any] = {
        "tqdm": _Bar, "trange": _range, "tqdm_notebook": _Bar, "tnrange": _range, "ProgressBar": _Bar,
        "progressbar": _Bar,
    }  # fmt: skip
    return _module("tqdm", **names, auto=_module("tqdm.auto", **names), notebook=_module("tqdm.notebook", **names))


def _numba() -> types.ModuleType:
    return _module("numba", prange=range)


def _sklearn(guess: DataGuess, make: Callable[[Any], Any], note: Note) -> types.ModuleType:
    note("scikit-learn is not installed: its helpers were stood in for")
    selection = _module("sklearn.model_selection", train_test_split=sklearn.train_test_split)
    return _module(
        "sklearn",
        datasets=_module("sklearn.datasets", **sklearn.datasets(guess, make, note)),
        model_selection=selection,
        cross_validation=selection,
        preprocessing=_module("sklearn.preprocessing", **sklearn.preprocessing(make)),
        metrics=_module("sklearn.metrics", **sklearn.metrics()),
        utils=_module("sklearn.utils", shuffle=_shuffled),
    )


def _scipy(numpy: types.ModuleType, files: Files, note: Note) -> types.ModuleType:
    note("scipy is not installed: its optimisers and its sigmoid were stood in for")

    def expit(x: Any) -> Any:
        return 1.0 / (1.0 + numpy.exp(-x))

    special = _module("scipy.special", expit=expit, exp2=numpy.exp2, log1p=numpy.log1p)
    return _module("scipy", optimize=Optimize(numpy), io=files.matlab(), special=special)


def _shuffled(*arrays: Any, random_state: Any = 0, **kwargs: Any) -> Any:
    order = np.random.RandomState(random_state if isinstance(random_state, int) else 0).permutation(len(arrays[0]))
    taken = [array[order] for array in arrays]
    return taken[0] if len(taken) == 1 else taken


def _keras(name: str, guess: DataGuess, make: Callable[[Any], Any], note: Note) -> types.ModuleType:
    found = sklearn.keras(guess, make, note)
    images = _module("mnist", load_data=found["load_data"])
    utils = _module("utils", to_categorical=found["to_categorical"], np_utils=_module("np_utils", **found))
    module = _module(name, datasets=_module("datasets", mnist=images, fashion_mnist=images), utils=utils)
    if name == "tensorflow":
        note("tensorflow is not installed: a stand-in that does nothing took its place")
        vars(module)["keras"] = _keras("keras", guess, make, note)
    return module


def _mnist(guess: DataGuess, make: Callable[[Any], Any], note: Note) -> types.ModuleType:
    """Packages and files called ``mnist``: ``train_images()``, ``MNIST(path).load_training()``, ``load_data()``."""
    found = sklearn.keras(guess, make, note)
    (x, y), (tx, ty) = found["load_data"]()
    reader = _module("MNIST", load_training=lambda: (x.reshape(len(x), -1), y), load_testing=lambda: (
        tx.reshape(len(tx), -1), ty))  # fmt: skip
    return _module(
        "mnist", train_images=lambda: x, train_labels=lambda: y, test_images=lambda: tx, test_labels=lambda: ty,
        load=lambda: (x.reshape(len(x), -1), y, tx.reshape(len(tx), -1), ty), init=lambda: None,
        load_data=found["load_data"], MNIST=lambda *args, **kwargs: reader,
    )  # fmt: skip
