/* The numbers of calls.def as an enum: TSRUN_CALL_openat2 and so on. */
#ifndef TSRUN_CALL_H
#define TSRUN_CALL_H

#define CALL(number, name) TSRUN_CALL_##name = (number),
enum tsrun_call {
#include "calls.def"
};
#undef CALL

#endif
