#include "kernel/signal.h"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
int set_user_sigmask(const void __user *mask, size_t size);
void restore_saved_sigmask(void);
__attribute__((weak)) int send_sig(int sig, const siginfo_t *info, struct task_struct *task) { (void)task; (void)sig; (void)info; return 0; }
__attribute__((weak)) int set_user_sigmask(const void __user *mask, size_t size) { (void)mask; (void)size; return 0; }
__attribute__((weak)) void restore_saved_sigmask(void) {}
