"""The knowledge: guidelines, vocabulary, treatments and criteria as data, with the loader that validates them."""

from imr_criteria.catalogue import Catalogue, CatalogueError
from imr_criteria.compiled import default_catalogue

__all__ = ["Catalogue", "CatalogueError", "default_catalogue"]
