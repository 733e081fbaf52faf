/*
 * bus/pci/devices: what the walk of the buses found, one line for each device, in the format that
 * lspci reads (all in hexadecimal): place, who made it, interrupt line, six regions and the ROM
 * (start with the low bits of its register, then all the sizes), driver.
 */
#include "kernel/drivers/pci.h"
#include "kernel/fs/proc/proc.h"

static int show_device(struct pci_dev *dev, void *ctx)
{
	struct seq_file *m = ctx;

	seq_printf(m, "%02x%02x\t%04x%04x\t%x", dev->bus, dev->slot << 3 | dev->func, dev->vendor,
		   dev->device, dev->irq == PCI_NO_IRQ ? 0 : dev->irq);
	for (unsigned int i = 0; i < PCI_NR_BARS; i++)
		seq_printf(m, "\t%16lx", dev->bars[i].start | dev->bars[i].flags);
	seq_printf(m, "\t%16x", 0); /* the ROM */
	for (unsigned int i = 0; i < PCI_NR_BARS; i++)
		seq_printf(m, "\t%16lx", dev->bars[i].size);
	seq_printf(m, "\t%16x\t%s\n", 0, dev->driver ? dev->driver : "");
	return 0;
}

static void devices_show(struct seq_file *m, void *v)
{
	(void)v;
	for_each_pci_dev(show_device, m);
}

static struct proc_entry bus = {.name = "bus"}, pci = {.name = "pci"},
			 devices = {.name = "devices", .show = devices_show};

void proc_pci_init(void)
{
	proc_register(NULL, &bus);
	proc_register(&bus, &pci);
	proc_register(&pci, &devices);
}
