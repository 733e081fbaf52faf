/* The two 8259A interrupt controllers. */
#include "kernel/cpu/pic.h"

#include "kernel/cpu/io.h"

#define PIC1_COMMAND  0x20
#define PIC1_DATA     0x21
#define PIC2_COMMAND  0xa0
#define PIC2_DATA     0xa1

#define ICW1_INIT     0x11 /* edge triggered, cascaded, ICW4 follows */
#define ICW4_8086     0x01
#define CASCADE_LINE  2
#define OCW2_EOI      0x20 /* non-specific: the highest line in service */
#define OCW3_READ_IRR 0x0a
#define OCW3_READ_ISR 0x0b

static u16 mask = 0xffff & ~BIT(CASCADE_LINE);

static void write_mask(unsigned int irq)
{
	if (irq < 8)
		outb(PIC1_DATA, (u8)mask);
	else
		outb(PIC2_DATA, (u8)(mask >> 8));
}

void pic_init(unsigned int base)
{
	outb(PIC1_COMMAND, ICW1_INIT);
	io_delay();
	outb(PIC2_COMMAND, ICW1_INIT);
	io_delay();
	outb(PIC1_DATA, (u8)base);
	io_delay();
	outb(PIC2_DATA, (u8)(base + 8));
	io_delay();
	outb(PIC1_DATA, BIT(CASCADE_LINE));
	io_delay();
	outb(PIC2_DATA, CASCADE_LINE);
	io_delay();
	outb(PIC1_DATA, ICW4_8086);
	io_delay();
	outb(PIC2_DATA, ICW4_8086);
	io_delay();
	write_mask(0);
	write_mask(8);
}

void pic_mask(unsigned int irq)
{
	mask |= (u16)BIT(irq);
	write_mask(irq);
}

void pic_unmask(unsigned int irq)
{
	mask &= (u16)~BIT(irq);
	write_mask(irq);
}

void pic_eoi(unsigned int irq)
{
	if (irq >= 8)
		outb(PIC2_COMMAND, OCW2_EOI);
	outb(PIC1_COMMAND, OCW2_EOI);
}

static u8 read_register(unsigned int irq, u8 which)
{
	u16 port = irq < 8 ? PIC1_COMMAND : PIC2_COMMAND;

	outb(port, which);
	return inb(port);
}

bool pic_spurious(unsigned int irq)
{
	if (irq % 8 != 7 || read_register(irq, OCW3_READ_ISR) & BIT(7))
		return false;
	if (irq == 15)
		outb(PIC1_COMMAND, OCW2_EOI); /* the first PIC did see its line 2 */
	return true;
}

bool pic_pending(unsigned int irq)
{
	return read_register(irq, OCW3_READ_IRR) & BIT(irq % 8);
}
