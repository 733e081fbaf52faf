/*
 * How the machine stops. There is no ACPI interpreter: the known ports of the
 * emulators' power management are tried one after the other, and what does not
 * exist does not answer.
 */
#include "kernel/power.h"

#include "kernel/cpu/cpu.h"
#include "kernel/cpu/io.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/errno.h"
#include "kernel/options.h"
#include "kernel/printk.h"

#define DEBUG_EXIT_PORT	 0xf4	/* QEMU: -device isa-debug-exit,iobase=0xf4 */
#define PM1_CONTROL_QEMU 0x604	/* QEMU's PIIX4 power management */
#define PM1_CONTROL_OLD	 0xb004 /* the same on Bochs and older QEMU */
#define PM1_SLEEP_ENABLE 0x2000 /* SLP_EN, sleep type 0: off (ACPI 6.3, 4.8.3.2.1) */
#define BOCHS_SHUTDOWN	 0x8900 /* wants the word "Shutdown" */
#define KBC_STATUS	 0x64
#define KBC_COMMAND	 0x64
#define KBC_INPUT_FULL	 0x02
#define KBC_PULSE_RESET	 0xfe
#define KBC_POLLS	 65536
#define RESET_CONTROL	 0xcf9
#define RESET_CPU	 0x06
#define POWER_OFF_DELAYS 200000 /* of a microsecond or so each */

static bool autoexit;

static int set_autoexit(const char *value)
{
	if (value)
		return -EINVAL;
	autoexit = true;
	return 0;
}
BOOT_OPTION("autoexit", set_autoexit);

bool autoexit_enabled(void)
{
	return autoexit;
}

void machine_halt(void)
{
	local_irq_disable();
	for (;;)
		cpu_halt();
}

void machine_power_off(void)
{
	local_irq_disable();
	outw(PM1_CONTROL_QEMU, PM1_SLEEP_ENABLE);
	outw(PM1_CONTROL_OLD, PM1_SLEEP_ENABLE);
	for (const char *word = "Shutdown"; *word; word++)
		outb(BOCHS_SHUTDOWN, (u8)*word);
	/* Power does not go at once, under an emulator neither: let it, before saying more. */
	for (unsigned int i = 0; i < POWER_OFF_DELAYS; i++)
		io_delay();
	pr_notice("It is now safe to turn the machine off.\n");
	machine_halt();
}

/*
 * Three ways, the gentle one first: the keyboard controller pulls the reset line (IBM PC/AT
 * Technical Reference), the chip set does (PIIX RC register), and a processor without an
 * interrupt table gives up at the next trap.
 */
void machine_restart(void)
{
	const struct {
		u16 limit;
		u32 base;
	} __packed no_table = {0, 0};

	local_irq_disable();
	for (unsigned int i = 0; i < KBC_POLLS && (inb(KBC_STATUS) & KBC_INPUT_FULL); i++)
		io_delay();
	outb(KBC_COMMAND, KBC_PULSE_RESET);
	for (unsigned int i = 0; i < POWER_OFF_DELAYS; i++)
		io_delay();
	outb(RESET_CONTROL, RESET_CPU);
	for (unsigned int i = 0; i < POWER_OFF_DELAYS; i++)
		io_delay();
	__asm__ volatile("lidt %0; int3" : : "m"(no_table));
	machine_halt();
}

void machine_finish(enum finish_result result)
{
	local_irq_disable();
	if (autoexit)
		outb(DEBUG_EXIT_PORT, (u8)result);
	if (autoexit || result != FINISH_PANIC)
		machine_power_off();
	machine_halt();
}
