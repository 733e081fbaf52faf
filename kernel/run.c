/*
 * Programs that the kernel itself starts: the first one, and those of the tests.
 * A new task opens the console three times, execs, and leaves to user mode; who
 * started it sleeps until it has ended.
 */
#include "kernel/exec.h"
#include "kernel/exit.h"
#include "kernel/fs/bootfile.h"
#include "kernel/fs/console_file.h"
#include "kernel/fs/fdtable.h"
#include "kernel/lib/err.h"
#include "kernel/options.h"
#include "kernel/printk.h"
#include "kernel/task.h"
#include "mm/mmap.h"

static const char *init_name = "segments";

/* What the starter tells the new task, and is told: it lives on the stack of the former. */
struct start {
	struct file *file;
	const char *const *argv;
	const char *const *envp;
	int err;
};

static int open_console(void)
{
	current->files = files_alloc();
	if (!current->files)
		return -ENOMEM;
	for (int i = 0; i < 3; i++) {
		struct file *file = console_open();
		int fd;

		if (IS_ERR(file))
			return (int)PTR_ERR(file);
		fd = fd_install(file);
		if (fd < 0) {
			fput(file);
			return fd;
		}
	}
	return 0;
}

static int start_program(void *arg)
{
	struct start *start = arg;
	int err = open_console();

	if (!err)
		err = kernel_execve(start->file, start->argv, start->envp, task_pt_regs(current));
	start->err = err;
	if (err)
		do_exit(W_EXITCODE(127));
	return 0;
}

int run_program_file(struct file *file, const char *const argv[], const char *const envp[])
{
	struct start start = {.file = file, .argv = argv, .envp = envp};
	struct task_struct *task = task_create(argv[0], start_program, &start, current);
	int status;

	if (IS_ERR(task))
		return (int)PTR_ERR(task);
	wake_up_process(task);
	status = task_wait(task);
	return start.err ? start.err : status;
}

int run_program(const char *name, const char *const argv[], const char *const envp[])
{
	struct file *file = bootfile_open(name);
	int status;

	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	status = run_program_file(file, argv, envp);
	fput(file);
	return status;
}

int run_init(void)
{
	const char *const argv[] = {init_name, NULL};
	const char *const envp[] = {"HOME=/", "TERM=linux", NULL};
	int status = run_program(init_name, argv, envp);

	if (status < 0)
		pr_err("init: cannot run %s: error %d\n", init_name, -status);
	else if (status & 0x7f)
		pr_info("init: %s was ended by signal %d\n", init_name, status & 0x7f);
	else
		pr_info("init: %s ended with status %d\n", init_name, status >> 8);
	return status;
}

static int set_init(const char *value)
{
	if (!value || !*value)
		return -EINVAL;
	init_name = value;
	return 0;
}
BOOT_OPTION("init", set_init);
