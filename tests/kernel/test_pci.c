/* PCI: what the walk of the buses finds on the machine that QEMU makes by default. */
#include "kernel/drivers/pci.h"
#include "tests/kernel/ktest.h"

#define PCI_VENDOR_ID 0x00

struct wanted {
	u16 vendor, device;
	struct pci_dev *found;
};

static int match_ids(struct pci_dev *dev, void *ctx)
{
	struct wanted *wanted = ctx;

	if (dev->vendor != wanted->vendor || dev->device != wanted->device)
		return 0;
	wanted->found = dev;
	return 1;
}

static struct pci_dev *find(u16 vendor, u16 device)
{
	struct wanted wanted = {vendor, device, NULL};

	for_each_pci_dev(match_ids, &wanted);
	return wanted.found;
}

/* The 440FX host bridge; other machines have none. */
static struct pci_dev *the_default_machine(struct ktest *t)
{
	struct pci_dev *bridge = find(0x8086, 0x1237);

	if (!bridge)
		ktest_skip(t, "not a 440FX");
	return bridge;
}

static void test_host_bridge(struct ktest *t)
{
	struct pci_dev *bridge = the_default_machine(t);

	KT_EXPECT_EQ(t, bridge->bus, 0);
	KT_EXPECT_EQ(t, bridge->slot, 0);
	KT_EXPECT_EQ(t, bridge->func, 0);
	KT_EXPECT_EQ(t, bridge->class, 0x060000u);
	KT_EXPECT_EQ(t, bridge->irq, PCI_NO_IRQ);
	for (unsigned int i = 0; i < PCI_NR_BARS; i++)
		KT_EXPECT_EQ(t, bridge->bars[i].size, 0ul);
}

/* A function other than 0, with one region: the bus-master registers. */
static void test_ide(struct ktest *t)
{
	struct pci_dev *ide;

	the_default_machine(t);
	ide = find(0x8086, 0x7010);
	KT_ASSERT(t, ide);
	KT_EXPECT_EQ(t, ide->func, 1);
	KT_EXPECT_EQ(t, ide->class >> 8, 0x0101u);
	KT_EXPECT(t, ide->bars[4].is_io);
	KT_EXPECT_EQ(t, ide->bars[4].size, 16ul);
	KT_EXPECT_NE(t, ide->bars[4].start, 0ul);
	KT_EXPECT_EQ(t, ide->bars[0].size, 0ul);
}

/* Sizing leaves the regions where they were, and the devices answering. */
static int check_bars(struct pci_dev *dev, void *ctx)
{
	struct ktest *t = ctx;

	for (unsigned int i = 0; i < PCI_NR_BARS; i++) {
		const struct pci_bar *bar = &dev->bars[i];

		if (!bar->size)
			continue;
		KT_EXPECT_EQ(t, pci_read32(dev, 0x10 + 4 * i), bar->start | bar->flags);
		KT_EXPECT_EQ(t, bar->size & (bar->size - 1), 0ul);
		KT_EXPECT_EQ(t, bar->start & (bar->size - 1), 0ul);
		KT_EXPECT(t, pci_read16(dev, PCI_COMMAND) &
				     (bar->is_io ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY));
	}
	return 0;
}

static void test_regions(struct ktest *t)
{
	the_default_machine(t);
	for_each_pci_dev(check_bars, t);
}

static void test_widths(struct ktest *t)
{
	struct pci_dev *bridge = the_default_machine(t);

	KT_EXPECT_EQ(t, pci_read32(bridge, PCI_VENDOR_ID), 0x12378086u);
	KT_EXPECT_EQ(t, pci_read16(bridge, PCI_VENDOR_ID), 0x8086);
	KT_EXPECT_EQ(t, pci_read16(bridge, PCI_VENDOR_ID + 2), 0x1237);
	KT_EXPECT_EQ(t, pci_read8(bridge, PCI_VENDOR_ID + 1), 0x80);
	KT_EXPECT_EQ(t, pci_read8(bridge, PCI_VENDOR_ID + 3), 0x12);
}

/* The interrupt line register means nothing to the hardware: any value can be kept in it. */
static void test_writes(struct ktest *t)
{
	struct pci_dev *ide;
	u8 line;

	the_default_machine(t);
	ide = find(0x8086, 0x7010);
	KT_ASSERT(t, ide);
	line = pci_read8(ide, 0x3c);
	pci_write8(ide, 0x3c, (u8)~line);
	KT_EXPECT_EQ(t, pci_read8(ide, 0x3c), (u8)~line);
	KT_EXPECT_EQ(t, pci_read8(ide, 0x3d), pci_read16(ide, 0x3c) >> 8);
	pci_write8(ide, 0x3c, line);
}

struct place {
	struct ktest *t;
	int last;
};

static int check_order(struct pci_dev *dev, void *ctx)
{
	struct place *place = ctx;
	int here = dev->bus << 8 | dev->slot << 3 | dev->func;

	KT_EXPECT_LT(place->t, place->last, here);
	place->last = here;
	return 0;
}

static int stop_at_once(struct pci_dev *dev, void *ctx)
{
	(void)dev;
	return ++*(int *)ctx;
}

static void test_order(struct ktest *t)
{
	struct place place = {t, -1};
	int calls = 0;

	the_default_machine(t);
	KT_EXPECT_EQ(t, for_each_pci_dev(check_order, &place), 0);
	KT_EXPECT_EQ(t, for_each_pci_dev(stop_at_once, &calls), 1);
	KT_EXPECT_EQ(t, calls, 1);
}

static const struct ktest_case cases[] = {KTEST(test_host_bridge), KTEST(test_ide),
					  KTEST(test_regions),	   KTEST(test_widths),
					  KTEST(test_writes),	   KTEST(test_order)};
KTEST_SUITE(pci, KTEST_QUICK, cases);
