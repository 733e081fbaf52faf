/* The one processor's data. It runs the boot task from the first instruction on. */
#include "kernel/cpu/percpu.h"

extern struct task_struct init_task; /* kernel/sched.c */

struct cpu cpus[NR_CPUS] = {{&init_task, 0, 0}};
