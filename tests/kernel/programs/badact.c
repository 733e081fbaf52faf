/*
 * badact NAME - one thing that a program must not do, chosen by name. Each either
 * ends the program by a signal, or is harmless and returns the exit status 0.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KERNEL	  0xc0100000ul
#define STACK_TOP 0xc0000000ul
#define WILD	  0x30000000ul

static const char constant[64] = "constant";
static char code_in_data[] = "\xb8\x01\x00\x00\x00\xbb\x2a\x00\x00\x00\xcd\x80"; /* exit(42) */

/* Keeps the compiler from knowing where a pointer goes. */
static void *at(unsigned long address)
{
	__asm__("" : "+r"(address));
	return (void *)address;
}

static void peek(unsigned long address)
{
	(void)*(volatile char *)at(address);
}

static void poke(unsigned long address)
{
	*(volatile char *)at(address) = 1;
}

static void jump(unsigned long address)
{
	((void (*)(void))at(address))();
}

static void null_read(void)
{
	peek(0);
}

static void null_write(void)
{
	poke(4);
}

static void null_jump(void)
{
	jump(0);
}

static void wild_read(void)
{
	peek(WILD);
}

static void wild_write(void)
{
	poke(WILD);
}

static void wild_jump(void)
{
	jump(WILD);
}

static void kernel_read(void)
{
	peek(KERNEL);
}

static void kernel_write(void)
{
	poke(KERNEL);
}

static void kernel_jump(void)
{
	jump(KERNEL);
}

static void last_byte(void)
{
	peek(0xfffffffful);
}

static void text_write(void)
{
	poke((unsigned long)text_write);
}

static void rodata_write(void)
{
	poke((unsigned long)constant);
}

/* There is no execute permission in two-level page tables. */
static void data_jump(void)
{
	jump((unsigned long)code_in_data);
}

static void above_break(void)
{
	peek(((unsigned long)sbrk(0) + 0x4000) & ~0xffful);
}

static void unmapped_again(void)
{
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	poke((unsigned long)p);
	poke((unsigned long)p + 4096);
	munmap(p, 4096);
	poke((unsigned long)p + 4096);
	poke((unsigned long)p);
}

static void readonly_write(void)
{
	char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	peek((unsigned long)p);
	poke((unsigned long)p);
}

/* Pages of a mapping behind the last one that the file has. */
static void beyond_file(void)
{
	int fd = open("/boot/badact", O_RDONLY);
	char *p = mmap(NULL, 1ul << 20, PROT_READ, MAP_PRIVATE, fd, 0);

	peek((unsigned long)p);
	peek((unsigned long)p + (1ul << 20) - 1);
}

static void none_read(void)
{
	peek((unsigned long)mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

__attribute__((noinline)) static int recurse(volatile char *previous)
{
	volatile char frame[1000];

	frame[0] = previous[0] + 1;
	if ((unsigned long)frame < 0x1000)
		return 0;
	return recurse(frame) + frame[0];
}

static void stack_overflow(void)
{
	char first = 0;

	exit(recurse(&first));
}

static void below_stack_limit(void)
{
	poke(STACK_TOP - (9ul << 20));
}

static void stack_in_kernel(void)
{
	__asm__ volatile("movl %0, %%esp\n\tpushl $1" ::"i"(KERNEL));
}

static void stack_at_zero(void)
{
	__asm__ volatile("xorl %esp, %esp\n\tpushl $1");
}

/* The kernel has its own stack: a system call works whatever esp is. */
static void syscall_on_kernel_stack(void)
{
	__asm__ volatile(
		"movl %0, %%esp\n\tmovl $252, %%eax\n\txorl %%ebx, %%ebx\n\tint $0x80" ::"i"(
			KERNEL));
}

static void cli(void)
{
	__asm__ volatile("cli");
}

static void sti(void)
{
	__asm__ volatile("sti");
}

static void hlt(void)
{
	__asm__ volatile("hlt");
}

static void in(void)
{
	__asm__ volatile("inb $0x60, %%al" ::: "eax");
}

static void out(void)
{
	__asm__ volatile("outb %%al, %%dx" ::"a"(0), "d"(0xf4));
}

static void lgdt(void)
{
	__asm__ volatile("lgdt %0" ::"m"(constant));
}

static void read_cr0(void)
{
	__asm__ volatile("movl %%cr0, %%eax" ::: "eax");
}

static void write_cr3(void)
{
	__asm__ volatile("movl %%eax, %%cr3" ::"a"(0));
}

static void write_dr7(void)
{
	__asm__ volatile("movl %%eax, %%db7" ::"a"(0x55));
}

/* popf changes neither IOPL nor IF in ring 3, and says nothing. */
static void iopl(void)
{
	__asm__ volatile("pushfl\n\torl $0x3000, (%%esp)\n\tandl $~0x200, (%%esp)\n\tpopfl" ::
				 : "memory", "cc");
	cli();
}

static void divide(void)
{
	int zero = 0;

	__asm__ volatile("idivl %0" ::"r"(zero), "a"(1), "d"(0) : "cc");
}

static void divide_overflow(void)
{
	__asm__ volatile("idivl %0" ::"r"(-1), "a"(0x80000000), "d"(-1) : "cc");
}

static void ud2(void)
{
	__asm__ volatile("ud2");
}

static void int3(void)
{
	__asm__ volatile("int3");
}

static void into(void)
{
	__asm__ volatile("addb $1, %%al\n\tinto" ::"a"(127) : "cc");
}

static void bound(void)
{
	static const int limits[2] = {0, 9};

	__asm__ volatile("bound %0, %1" ::"r"(10), "m"(limits));
}

/* The gates of exceptions are the kernel's, but for int3 and into. */
static void int_page_fault(void)
{
	__asm__ volatile("int $14");
}

static void int_timer(void)
{
	__asm__ volatile("int $0x20");
}

static void single_step(void)
{
	__asm__ volatile("pushfl\n\torl $0x100, (%%esp)\n\tpopfl\n\tnop\n\tnop" ::: "memory", "cc");
}

static void kernel_selector(void)
{
	__asm__ volatile("movl %0, %%eax\n\tmovl %%eax, %%ds" ::"i"(0x68) : "eax");
}

static void wild_selector(void)
{
	__asm__ volatile("movl %0, %%eax\n\tmovl %%eax, %%gs" ::"i"(0xfff8) : "eax");
}

static void far_jump(void)
{
	__asm__ volatile("ljmp %0, %1" ::"i"(0x60), "i"(KERNEL));
}

/* A data segment register of zero survives a system call; so does a good one. */
static void odd_segments(void)
{
	unsigned int gs;

	__asm__ volatile("xorl %%eax, %%eax\n\tmovl %%eax, %%fs\n\tmovl %1, %%eax\n\t"
			 "movl %%eax, %%gs\n\tmovl $20, %%eax\n\tint $0x80\n\tmovl %%gs, %0"
			 : "=r"(gs)
			 : "i"(0x7b)
			 : "eax", "memory");
	exit((gs & 0xffff) == 0x7b ? 0 : 1);
}

/* EFLAGS bits that the kernel must not trip over: into a system call, and out. */
static void with_flags(unsigned long set)
{
	static const char text[] = "flags\n";
	unsigned long flags;
	long n = SYS_write;

	__asm__ volatile("pushfl\n\torl %2, (%%esp)\n\tpopfl\n\tint $0x80\n\tpushfl\n\tpopl %1\n\t"
			 "pushfl\n\tandl $~0x44500, (%%esp)\n\tpopfl"
			 : "+a"(n), "=&S"(flags)
			 : "D"(set), "b"(1), "c"(text), "d"(sizeof(text) - 1)
			 : "memory", "cc");
	exit(n == sizeof(text) - 1 && (flags & set) == set ? 0 : 1);
}

static void direction_flag(void)
{
	with_flags(0x400);
}

static void nested_flag(void)
{
	with_flags(0x4000);
}

static void alignment_flag(void)
{
	with_flags(0x40000);
}

/* The trap comes after the system call: the kernel itself runs on. */
static void step_into_kernel(void)
{
	with_flags(0x100);
}

/* iret to ring 0 is refused by the processor. */
static void iret_to_kernel(void)
{
	__asm__ volatile("pushfl\n\tpushl %0\n\tpushl %1\n\tiret" ::"i"(0x60), "i"(KERNEL));
}

static void x87_divide(void)
{
	unsigned short control = 0x037b; /* division by zero not masked */

	__asm__ volatile("fninit\n\tfldcw %0\n\tfld1\n\tfldz\n\tfdivrp\n\tfwait" ::"m"(control));
}

static void unknown_syscall(void)
{
	exit(syscall(9999, 0, 0, 0, 0, 0, 0) == -1 && syscall(-1, 0, 0, 0, 0, 0, 0) == -1 ? 0 : 1);
}

/* Ends well, to be compared with. */
static void nothing(void)
{
}

#define ACT(name)           \
	{                   \
#name, name \
	}

static const struct {
	const char *name;
	void (*run)(void);
} acts[] = {
	ACT(nothing),
	ACT(null_read),
	ACT(null_write),
	ACT(null_jump),
	ACT(wild_read),
	ACT(wild_write),
	ACT(wild_jump),
	ACT(kernel_read),
	ACT(kernel_write),
	ACT(kernel_jump),
	ACT(last_byte),
	ACT(text_write),
	ACT(rodata_write),
	ACT(data_jump),
	ACT(above_break),
	ACT(unmapped_again),
	ACT(readonly_write),
	ACT(beyond_file),
	ACT(none_read),
	ACT(stack_overflow),
	ACT(below_stack_limit),
	ACT(stack_in_kernel),
	ACT(stack_at_zero),
	ACT(syscall_on_kernel_stack),
	ACT(cli),
	ACT(sti),
	ACT(hlt),
	ACT(in),
	ACT(out),
	ACT(lgdt),
	ACT(read_cr0),
	ACT(write_cr3),
	ACT(write_dr7),
	ACT(iopl),
	ACT(divide),
	ACT(divide_overflow),
	ACT(ud2),
	ACT(int3),
	ACT(into),
	ACT(bound),
	ACT(int_page_fault),
	ACT(int_timer),
	ACT(single_step),
	ACT(kernel_selector),
	ACT(wild_selector),

	ACT(far_jump),
	ACT(odd_segments),
	ACT(direction_flag),
	ACT(nested_flag),
	ACT(alignment_flag),
	ACT(step_into_kernel),
	ACT(iret_to_kernel),
	ACT(x87_divide),
	ACT(unknown_syscall),
	ACT(abort),
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(acts) / sizeof(acts[0]); i++) {
		if (!strcmp(argv[1], acts[i].name)) {
			acts[i].run();
			return 0;
		}
	}
	printf("badact: no such act\n");
	return 99;
}
