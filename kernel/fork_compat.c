#include "kernel/exit.h"
#include "kernel/fs/fdtable.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/signal.h"
#include "kernel/lib/string.h"
#include "kernel/wait.h"
#include "mm/slab.h"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
__attribute__((weak)) bool do_notify_parent(struct task_struct *task, int sig) { (void)task; (void)sig; return false; }
__attribute__((weak)) int send_group_sig(int sig, const siginfo_t *info, struct task_struct *task) { (void)task; (void)sig; (void)info; return 0; }
__attribute__((weak)) void flush_sigqueue(struct sigpending *pending) { (void)pending; }
__attribute__((weak)) void flush_signal_handlers(struct task_struct *task) { (void)task; }
__attribute__((weak)) int zap_other_threads(void) { return 0; }
__attribute__((weak)) void do_group_exit(int status) { do_exit(status); }
