/* Where errors come back to. */
#ifndef FOLIO_SH_MAIN_H
#define FOLIO_SH_MAIN_H

#include <setjmp.h>

extern jmp_buf prompt_env;

#endif
