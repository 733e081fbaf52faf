/* Memory on the stack, gone when the function returns. */
#ifndef _ALLOCA_H
#define _ALLOCA_H

#define alloca __builtin_alloca

#endif
