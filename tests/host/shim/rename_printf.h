/*
 * Kernel files on the host keep the kernel's printf: the C library's own knows
 * no %pS. Included in front of every kernel file by tests/host/rules.mk.
 */
#define vsnprintf folio_vsnprintf
#define snprintf  folio_snprintf

/* The C library has a type of this name, too; it comes with the types of files. */
#include <sys/types.h>
#define sigset_t kernel_sigset_t
