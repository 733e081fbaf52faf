/* The auxiliary vector: what the kernel tells a program besides its arguments. */
#ifndef _SYS_AUXV_H
#define _SYS_AUXV_H

#include <elf.h>

/* The value of an AT_ type; 0, and errno ENOENT, when there is none. */
unsigned long getauxval(unsigned long type);

#endif
