/*
 * protect - what the processor forbids to a program, and the signal that it gets for it. Each
 * act is done by a process of its own, since most of them end it.
 *
 * Watch the last one: two-level paging has no bit against execution. A page that can be read
 * can be executed, so bytes in the data section run as code.
 */
#include <lesson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

struct outcome {
	int sig, code;
	unsigned long addr; /* where the fault was */
	int result;	    /* of what ran to its end */
};

/* Variables, so that the compiler does not judge what we do with them. */
static volatile int *volatile const kernel = (volatile int *)0xC0000000;
static volatile int *volatile const near_null = (volatile int *)8;

static struct outcome *outcome; /* shared with the children */

static void write_to_text(void)
{
	*(volatile char *)(unsigned long)&write_to_text = 0;
}

static void read_the_kernel(void)
{
	outcome->result = *kernel;
}

static void write_to_the_kernel(void)
{
	*kernel = 1;
}

static void read_at_null(void)
{
	outcome->result = *near_null;
}

static void stop_interrupts(void)
{
	__asm__ volatile("cli");
}

static void read_a_port(void)
{
	unsigned char value;

	__asm__ volatile("inb $0x60, %0" : "=a"(value));
	outcome->result = value;
}

static void halt(void)
{
	__asm__ volatile("hlt");
}

static void write_control_register(void)
{
	__asm__ volatile("movl %0, %%cr3" : : "r"(0));
}

static unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3}; /* movl $42, %eax; ret */

static void run_data(void)
{
	outcome->result = ((int (*)(void))(void *)code)();
}

static const struct {
	void (*act)(void);
	const char *name;
	int sig; /* what must come; 0: it ends well */
} acts[] = {
	{write_to_text, "write to its own text", SIGSEGV},
	{read_at_null, "read near address 0", SIGSEGV},
	{read_the_kernel, "read kernel memory", SIGSEGV},
	{write_to_the_kernel, "write to kernel memory", SIGSEGV},
	{stop_interrupts, "cli: switch interrupts off", SIGSEGV},
	{read_a_port, "in: read the keyboard's port", SIGSEGV},
	{halt, "hlt: stop the processor", SIGSEGV},
	{write_control_register, "mov cr3: change the page tables", SIGSEGV},
	{run_data, "jump to data", 0},
};

static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	outcome->sig = sig;
	outcome->code = info->si_code;
	outcome->addr = (unsigned long)info->si_addr;
	signal(sig, SIG_DFL);
	raise(sig);
}

static int run(void (*act)(void))
{
	struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	int status;
	pid_t pid;

	memset(outcome, 0, sizeof(*outcome));
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		lesson_fails("fork");
	if (!pid) {
		sigaction(SIGSEGV, &action, NULL);
		sigaction(SIGBUS, &action, NULL);
		sigaction(SIGILL, &action, NULL);
		act();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

int main(void)
{
	outcome = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (outcome == MAP_FAILED)
		lesson_fails("mmap");
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		int sig = run(acts[i].act);

		if (acts[i].sig)
			seen(sig == acts[i].sig, "%-32s -> %s, si_code %d, si_addr 0x%08lx",
			     acts[i].name, sig ? strsignal(sig) : "nothing happened", outcome->code,
			     outcome->addr);
		else
			seen(!sig && outcome->result == 42, "%-32s -> %s", acts[i].name,
			     sig ? "refused: here pages have an execute bit"
				 : "it runs: there is no execute bit");
	}
	return lesson_end();
}
