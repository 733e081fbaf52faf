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
void disassociate_ctty(bool on_exit);
__attribute__((weak)) void disassociate_ctty(bool on_exit) { (void)on_exit; }
__attribute__((weak)) struct fs_struct *copy_fs(struct fs_struct *old) { (void)old; return NULL; }
__attribute__((weak)) void put_fs(struct fs_struct *old) { (void)old; }
__attribute__((weak)) void exit_fs(void) { }
__attribute__((weak)) void close_on_exec(void) { }
__attribute__((weak)) struct files_struct *dup_files(struct files_struct *old)
{
	struct files_struct *files = files_alloc();
	if (!files)
		return NULL;
	if (old->max_fds > files->max_fds) {
		struct file **fd = kmalloc(old->max_fds * sizeof(*fd), GFP_KERNEL);
		if (!fd) { files_put(files); return NULL; }
		files->fd = fd; files->max_fds = old->max_fds;
	}
	for (unsigned int i = 0; i < old->max_fds; i++)
		files->fd[i] = old->fd[i] ? get_file(old->fd[i]) : NULL;
	return files;
}
