/*
 * A new task gets its descriptors, execs, and leaves to user mode; who started it
 * sleeps until it has ended.
 */
#include "kernel/run.h"
#include "kernel/exec.h"
#include "kernel/exit.h"
#include "kernel/fork.h"
#include "kernel/fs/bootfile.h"
#include "kernel/fs/console_file.h"
#include "kernel/fs/fdtable.h"
#include "kernel/lib/err.h"
#include "kernel/options.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/task.h"

static const char *init_name = "segments";

/* What the starter tells the new task, and is told: it lives on the stack of the former. */
struct start {
	const struct program *program;
	int err;
};

int open_descriptors(struct file *file)
{
	current->files = files_alloc();
	if (!current->files)
		return -ENOMEM;
	for (int i = 0; i < 3; i++)
		fd_install(get_file(file)); /* a new table has room */
	return 0;
}

static int open_console(void *ctx)
{
	struct file *file = console_open();
	int err;

	(void)ctx;
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	err = open_descriptors(file);
	fput(file);
	return err;
}

/* The first words of the new task. If it comes back from exec, it leaves to user mode. */
static int begin(void *arg)
{
	struct start *start = arg;
	const struct program *p = start->program;

	start->err = become_process(true);
	if (!start->err)
		start->err = p->setup(p->ctx);
	if (!start->err)
		start->err = kernel_execve(p->file, p->argv, p->envp, task_pt_regs(current));
	if (start->err)
		do_exit(W_EXITCODE(127));
	return 0;
}

int run_program_file(const struct program *program)
{
	struct start start = {.program = program};
	struct task_struct *task = task_create(program->argv[0], begin, &start, current);
	int status;

	if (IS_ERR(task))
		return (int)PTR_ERR(task);
	wake_up_process(task);
	status = task_wait(task);
	return start.err ? start.err : status;
}

int run_program(const char *name, const char *const argv[], const char *const envp[])
{
	struct program program = {.argv = argv, .envp = envp, .setup = open_console};
	int status;

	program.file = bootfile_open(name);
	if (IS_ERR(program.file))
		return (int)PTR_ERR(program.file);
	status = run_program_file(&program);
	fput(program.file);
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

void init_has_ended(int status)
{
	panic("Attempted to kill init! exitcode=0x%08x", (unsigned int)status);
}

static int set_init(const char *value)
{
	if (!value || !*value)
		return -EINVAL;
	init_name = value;
	return 0;
}
BOOT_OPTION("init", set_init);
