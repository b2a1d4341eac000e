"""How compiled code reads and writes the fields of a record: by a pointer, and a promise.

The promise is that two fields with different names are never one place in memory, which is true,
for every array holds one kind of record and nothing else points into it. LLVM calls it type-based
alias analysis. Without it every number that is written may have changed every other one, and the
kernel would read the same fields again and again.
"""

from __future__ import annotations

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    infer_getattr,
    lower_getattr_generic,
    lower_setattr_generic,
    models,
    register_model,
)

_WORD = ir.IntType(64)


class Fields(types.Type):  # type: ignore[misc]
    """The type of a pointer to a record of *dtype* that belongs to the array called *name*."""

    mutable = True

    def __init__(self, name: str, dtype: np.dtype) -> None:
        self.place: dict[str, int] = {}
        self.kind: dict[str, types.Type] = {}
        for field in dtype.names or ():
            inner, place = dtype.fields[field][:2]  # type: ignore[index]
            self.place[field] = place
            self.kind[field] = _kind_of(f"{name}.{field}", inner)
        super().__init__(name=f"Fields({name})")


def _kind_of(name: str, dtype: np.dtype) -> types.Type:
    return Fields(name, dtype) if dtype.names else numba.from_dtype(dtype)


@register_model(Fields)
class _FieldsModel(models.OpaqueModel):  # type: ignore[misc]
    """A pointer."""


@infer_getattr
class _FieldsAttribute(AttributeTemplate):  # type: ignore[misc]
    key = Fields

    def generic_resolve(self, record: Fields, field: str) -> types.Type | None:
        return record.kind.get(field)


@lower_getattr_generic(Fields)
def _read(context, builder, record, pointer, field):  # type: ignore[no-untyped-def]
    kind = record.kind[field]
    place = _place_of(builder, record, pointer, field)
    if isinstance(kind, Fields):
        return place
    place = builder.bitcast(place, context.get_data_type(kind).as_pointer())
    found = builder.load(place)
    promise(builder, found, f"{record.name}.{field}")
    return context.data_model_manager[kind].from_data(builder, found)


@lower_setattr_generic(Fields)
def _write(context, builder, signature, arguments, field):  # type: ignore[no-untyped-def]
    record, given = signature.args
    pointer, value = arguments
    kind = record.kind[field]
    value = context.cast(builder, value, given, kind)
    value = context.data_model_manager[kind].as_data(builder, value)
    place = _place_of(builder, record, pointer, field)
    place = builder.bitcast(place, value.type.as_pointer())
    promise(builder, builder.store(value, place), f"{record.name}.{field}")


def _place_of(builder: ir.IRBuilder, record: Fields, pointer: ir.Value, field: str) -> ir.Value:
    return builder.gep(pointer, [ir.Constant(_WORD, record.place[field])], inbounds=True)


def promise(builder: ir.IRBuilder, instruction: ir.Instruction, name: str) -> None:
    """*instruction* touches nothing but fields called *name*."""
    module = builder.module
    root = module.add_metadata([ir.MetaDataString(module, "fields of the kernel")])
    zero = ir.Constant(_WORD, 0)
    field = module.add_metadata([ir.MetaDataString(module, name), root, zero])
    instruction.set_metadata("tbaa", module.add_metadata([field, field, zero]))
