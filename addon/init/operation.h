/* One function per operation of operations.def: perform_<name>(init, fields) reads its fields and performs it. */
#ifndef TSRUN_OPERATION_H
#define TSRUN_OPERATION_H

#include "record.h"

#define OPERATION(number, name, description) void perform_##name(struct init *init, struct reader *fields);
#include "operations.def"
#undef OPERATION

/* Clears the ambient and inheritable sets. */
void forget_inherited_capabilities(const struct init *init);

#endif
