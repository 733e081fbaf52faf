/*
 * Names of kernel addresses. The table is made by tools/ from the first link and
 * linked in by the second one; a kernel of the first link has an empty table.
 */
#ifndef FOLIO_KSYMS_H
#define FOLIO_KSYMS_H

#include "kernel/lib/compiler.h"

struct ksym {
	u32 addr;
	u32 name_offset; /* into ksyms_names, where names end with 0 */
};

/* Sorted by address; functions and variables. */
extern const struct ksym ksyms_table[];
extern const unsigned int ksyms_count;
extern const char ksyms_names[];

/* ksyms_init - let %pS print names. Boot. */
void ksyms_init(void);

/*
 * ksyms_find - the name of the function or variable that holds `addr`, NULL if none does;
 * *offset and *size (either may be NULL) are where in it, in bytes. Any context.
 */
const char *ksyms_find(unsigned long addr, unsigned long *offset, unsigned long *size);

/* ksyms_address - the address of a function or variable by name, 0 if there is none. */
unsigned long ksyms_address(const char *name);

#endif
