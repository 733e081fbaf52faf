/* The one processor's data. */
#include "kernel/cpu/percpu.h"

struct cpu cpus[NR_CPUS];
