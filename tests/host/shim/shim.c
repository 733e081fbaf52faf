/* What the machine's floor gives to kernel files, for the host. */
#include "tests/host/host.h"

#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/percpu.h"

unsigned long host_eflags = X86_EFLAGS_IF;
struct cpu cpus[NR_CPUS];
