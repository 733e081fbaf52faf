/*
 * Where the compiler's checks for undefined behaviour end up (debug kernel only:
 * -fsanitize=undefined). The names and the data that they are given are the ABI
 * of GCC 12 and clang 14 (compiler-rt, lib/ubsan/ubsan_handlers.h): each is called
 * with a record that begins with the place, and with the values in question as
 * words. Undefined behaviour in the kernel is a bug, so each one panics.
 */
#ifdef CONFIG_DEBUG
#include "kernel/panic.h"

/* The kernel passes arguments in registers; GCC does so here too, clang does not. */
#ifdef __clang__
#define UBSAN_ABI __attribute__((regparm(0)))
#else
#define UBSAN_ABI
#endif

struct source_location {
	const char *file;
	u32 line;
	u32 column;
};

struct type_descriptor {
	u16 kind; /* 0: integer; 1: floating point; 0xffff: other */
	u16 info; /* of an integer: bit 0 signed, above it log2 of the width */
	char name[];
};

/* A record of most checks; the second type is there for some. */
struct check {
	struct source_location location;
	const struct type_descriptor *type;
	const struct type_descriptor *type2;
};

struct type_mismatch {
	struct source_location location;
	const struct type_descriptor *type;
	u8 log_alignment;
	u8 kind;
};

static void __noreturn report(const struct source_location *at, const char *what)
{
	panic("undefined behaviour at %s:%u:%u: %s", at->file, at->line, at->column, what);
}

static void __noreturn report_values(const struct check *check, const char *what, unsigned long a,
				     unsigned long b)
{
	panic("undefined behaviour at %s:%u:%u: %s, type %s, values 0x%lx and 0x%lx",
	      check->location.file, check->location.line, check->location.column, what,
	      check->type->name, a, b);
}

#define UBSAN_PLAIN(name, what)                                          \
	UBSAN_ABI void __ubsan_handle_##name(const struct check *check); \
	UBSAN_ABI void __ubsan_handle_##name(const struct check *check)  \
	{                                                                \
		report(&check->location, what);                          \
	}

/* Two words of values; a value wider than a word comes as its address. */
#define UBSAN_VALUES(name, what)                                                         \
	UBSAN_ABI void __ubsan_handle_##name(const struct check *check, unsigned long a, \
					     unsigned long b);                           \
	UBSAN_ABI void __ubsan_handle_##name(const struct check *check, unsigned long a, \
					     unsigned long b)                            \
	{                                                                                \
		report_values(check, what, a, b);                                        \
	}

/* One word: the handlers above would print a second one that is not there. */
#define UBSAN_VALUE(name, what)                                                           \
	UBSAN_ABI void __ubsan_handle_##name(const struct check *check, unsigned long a); \
	UBSAN_ABI void __ubsan_handle_##name(const struct check *check, unsigned long a)  \
	{                                                                                 \
		report_values(check, what, a, a);                                         \
	}

UBSAN_VALUES(add_overflow, "an addition overflows")
UBSAN_VALUES(sub_overflow, "a subtraction overflows")
UBSAN_VALUES(mul_overflow, "a multiplication overflows")
UBSAN_VALUES(divrem_overflow, "a division by zero, or one that overflows")
UBSAN_VALUES(shift_out_of_bounds, "a shift by too much, or of a negative value")
UBSAN_VALUE(negate_overflow, "a negation overflows")
UBSAN_VALUE(out_of_bounds, "an index out of bounds")
UBSAN_VALUE(load_invalid_value, "a value that the type cannot have")
UBSAN_VALUE(vla_bound_not_positive, "an array without elements")
UBSAN_VALUE(float_cast_overflow, "a conversion out of range")
UBSAN_PLAIN(builtin_unreachable, "unreachable code is reached")
UBSAN_PLAIN(missing_return, "the end of a function without a return")
UBSAN_PLAIN(nonnull_arg, "a null pointer for a nonnull argument")
UBSAN_PLAIN(nullability_arg, "a null pointer for a nonnull argument")
UBSAN_PLAIN(invalid_builtin, "a builtin is given zero")

/* These two get their place apart from the record. */
#define UBSAN_RETURN(name)                                                            \
	UBSAN_ABI void __ubsan_handle_##name(const void *data,                        \
					     const struct source_location *location); \
	UBSAN_ABI void __ubsan_handle_##name(const void *data,                        \
					     const struct source_location *location)  \
	{                                                                             \
		(void)data;                                                           \
		report(location, "a null pointer from a nonnull function");           \
	}

UBSAN_RETURN(nonnull_return_v1)
UBSAN_RETURN(nullability_return_v1)

UBSAN_ABI void __ubsan_handle_pointer_overflow(const struct source_location *location,
					       unsigned long base, unsigned long result);
UBSAN_ABI void __ubsan_handle_pointer_overflow(const struct source_location *location,
					       unsigned long base, unsigned long result)
{
	/* clang counts NULL + 0, which yields NULL on every machine and is allowed since C2y. */
	if (!base && !result)
		return;
	panic("undefined behaviour at %s:%u:%u: a pointer leaves its object: 0x%lx to 0x%lx",
	      location->file, location->line, location->column, base, result);
}

UBSAN_ABI void __ubsan_handle_alignment_assumption(const struct source_location *location,
						   unsigned long pointer, unsigned long alignment,
						   unsigned long offset);
UBSAN_ABI void __ubsan_handle_alignment_assumption(const struct source_location *location,
						   unsigned long pointer, unsigned long alignment,
						   unsigned long offset)
{
	panic("undefined behaviour at %s:%u:%u: 0x%lx is not aligned to %lu (offset %lu)",
	      location->file, location->line, location->column, pointer, alignment, offset);
}

UBSAN_ABI void __ubsan_handle_type_mismatch_v1(const struct type_mismatch *check,
					       unsigned long pointer);
UBSAN_ABI void __ubsan_handle_type_mismatch_v1(const struct type_mismatch *check,
					       unsigned long pointer)
{
	unsigned long alignment = 1ul << check->log_alignment;

	if (!pointer)
		report(&check->location, "use of a null pointer");
	panic("undefined behaviour at %s:%u:%u: 0x%lx is %s type %s", check->location.file,
	      check->location.line, check->location.column, pointer,
	      pointer & (alignment - 1) ? "misaligned for" : "too small for an object of",
	      check->type->name);
}
#endif
