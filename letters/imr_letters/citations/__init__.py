"""Which guidelines a decision says it is based on."""

from imr_letters.citations.basis import basis_of

__all__ = ["basis_of"]
