/*
 * The screen of a terminal: characters, control characters, and the state of an escape
 * sequence that comes byte by byte. Sequences with parameters are vt_csi.c's.
 *
 *	GROUND --ESC--> ESCAPE --[--> CSI --digits ; ?--> CSI --letter--> done
 *	                       --(-->  CHARSET, --]--> OSC, --#--> HASH, a letter --> done
 *
 * CAN and SUB end any sequence, ESC begins a new one, and the other control characters do their
 * work in the midst of one, as on a VT100. A character of UTF-8 that is not ASCII is
 * shown as one '?': the screen's font has 256 characters.
 */
#include "kernel/drivers/vt.h"

#include "kernel/lib/string.h"

#define UNKNOWN '?'
#define BEL	'\007'
#define ESC	'\033'

/*
 * The VT100's line drawing characters, 0x60..0x7e, in code page 437 (what it has not becomes
 * something like it).
 */
static const u8 graphics[] = {
	0x04, 0xb1, '?',  '?',	'?',  '?',  0xf8, 0xf1, '?',  '?',  0xd9,
	0xbf, 0xda, 0xc0, 0xc5, 0xc4, 0xc4, 0xc4, 0xc4, '_',  0xc3, 0xb4,
	0xc1, 0xc2, 0xb3, 0xf3, 0xf2, 0xe3, '?',  0x9c, 0xfa,
};

void vt_reset_pen(struct vt_pen *pen)
{
	pen->foreground = VT_ATTRIBUTE & 7;
	pen->background = 0;
	pen->bold = pen->underline = pen->blink = pen->reverse = false;
}

static u8 attribute(const struct vt_pen *pen)
{
	u8 front = pen->foreground, back = pen->background;

	if (pen->reverse)
		swap(front, back);
	if (pen->bold || pen->underline)
		front |= 8;
	return (u8)(front | (back & 7) << 4 | (pen->blink ? 0x80 : 0));
}

/* What erased cells look like: the background's colour stays, as on Linux's console. */
static u16 blank(const struct vt *vt)
{
	return VT_CELL(' ', VT_ATTRIBUTE | (vt->pen.background & 7) << 4);
}

static void fill(u16 *cell, unsigned int n, u16 with)
{
	while (n--)
		*cell++ = with;
}

void vt_touch(struct vt *vt, unsigned int top, unsigned int bottom)
{
	vt->dirty |= (u32)((1u << bottom) - (1u << top));
}

void vt_reset(struct vt *vt)
{
	memset(vt, 0, sizeof(*vt));
	vt_reset_pen(&vt->pen);
	vt->saved = vt->pen;
	vt->bottom = VT_ROWS;
	vt->autowrap = vt->cursor_visible = true;
	memset(vt->tabs, 1, sizeof(vt->tabs));
	vt_erase(vt, 0, VT_ROWS * VT_COLUMNS);
}

void vt_move(struct vt *vt, int row, int column)
{
	int first = vt->origin ? (int)vt->top : 0;
	int last = vt->origin ? (int)vt->bottom - 1 : (int)VT_ROWS - 1;

	vt->pen.row = (unsigned int)min(max(row, first), last);
	vt->pen.column = (unsigned int)min(max(column, 0), (int)VT_COLUMNS - 1);
	vt->pen.wrap_next = false;
}

void vt_erase(struct vt *vt, unsigned int from, unsigned int to)
{
	if (from >= to)
		return;
	fill(vt->cells + from, to - from, blank(vt));
	vt_touch(vt, from / VT_COLUMNS, (to - 1) / VT_COLUMNS + 1);
}

void vt_scroll_up(struct vt *vt, unsigned int top, unsigned int bottom, unsigned int lines)
{
	lines = min(lines, bottom - top);
	vt_touch(vt, top, bottom);
	memmove(vt->cells + top * VT_COLUMNS, vt->cells + (top + lines) * VT_COLUMNS,
		(bottom - top - lines) * VT_COLUMNS * sizeof(u16));
	vt_erase(vt, (bottom - lines) * VT_COLUMNS, bottom * VT_COLUMNS);
}

void vt_scroll_down(struct vt *vt, unsigned int top, unsigned int bottom, unsigned int lines)
{
	lines = min(lines, bottom - top);
	vt_touch(vt, top, bottom);
	memmove(vt->cells + (top + lines) * VT_COLUMNS, vt->cells + top * VT_COLUMNS,
		(bottom - top - lines) * VT_COLUMNS * sizeof(u16));
	vt_erase(vt, top * VT_COLUMNS, (top + lines) * VT_COLUMNS);
}

static void line_feed(struct vt *vt)
{
	vt->pen.wrap_next = false;
	if (vt->pen.row + 1 == vt->bottom)
		vt_scroll_up(vt, vt->top, vt->bottom, 1);
	else if (vt->pen.row + 1 < VT_ROWS)
		vt->pen.row++;
}

static void reverse_line_feed(struct vt *vt)
{
	vt->pen.wrap_next = false;
	if (vt->pen.row == vt->top)
		vt_scroll_down(vt, vt->top, vt->bottom, 1);
	else if (vt->pen.row)
		vt->pen.row--;
}

static void carriage_return(struct vt *vt)
{
	vt->pen.column = 0;
	vt->pen.wrap_next = false;
}

static void tab(struct vt *vt)
{
	do {
		if (vt->pen.column == VT_COLUMNS - 1)
			return;
		vt->pen.column++;
	} while (!(vt->tabs[vt->pen.column / 8] & BIT(vt->pen.column % 8)));
}

static void backspace(struct vt *vt)
{
	if (vt->pen.column)
		vt->pen.column--;
	vt->pen.wrap_next = false;
}

void vt_save(struct vt *vt)
{
	vt->saved = vt->pen;
}

void vt_restore(struct vt *vt)
{
	vt->pen = vt->saved;
}

static void put(struct vt *vt, u8 c)
{
	struct vt_pen *pen = &vt->pen;
	u16 *cell;

	if (pen->wrap_next) {
		carriage_return(vt);
		line_feed(vt);
	}
	if (pen->graphics[pen->charset] && c >= 0x60 && c < 0x60 + ARRAY_SIZE(graphics))
		c = graphics[c - 0x60];
	cell = &vt->cells[pen->row * VT_COLUMNS + pen->column];
	if (vt->insert)
		memmove(cell + 1, cell, (VT_COLUMNS - pen->column - 1) * sizeof(u16));
	*cell = VT_CELL(c, attribute(pen));
	vt_touch(vt, pen->row, pen->row + 1);
	if (pen->column + 1 < VT_COLUMNS)
		pen->column++;
	else
		pen->wrap_next = vt->autowrap;
}

/* Bytes from 0x80 on: the first of a character shows for all of it. */
static void put_utf8(struct vt *vt, u8 c)
{
	if ((c & 0xc0) == 0x80 && vt->utf8_left) {
		vt->utf8_left--;
		return;
	}
	vt->utf8_left = (u8)((c >= 0xc0) + (c >= 0xe0) + (c >= 0xf0));
	put(vt, UNKNOWN);
}

/* Control characters. False: it is something else. */
static bool control(struct vt *vt, u8 c)
{
	switch (c) {
	case '\b':
		backspace(vt);
		break;
	case '\t':
		tab(vt);
		break;
	case '\n':
	case '\v':
	case '\f':
		if (vt->newline_mode)
			carriage_return(vt);
		line_feed(vt);
		break;
	case '\r':
		carriage_return(vt);
		break;
	case 0x0e: /* SO */
	case 0x0f: /* SI */
		vt->pen.charset = c == 0x0e;
		break;
	case 0x18: /* CAN */
	case 0x1a: /* SUB */
		vt->state = VT_GROUND;
		break;
	case ESC:
		vt->state = VT_ESCAPE;
		break;
	default:
		return c < ' ' || c == 0x7f; /* what is not known does nothing */
	}
	return true;
}

static void begin_csi(struct vt *vt)
{
	memset(vt->params, 0, sizeof(vt->params));
	vt->nr_params = 0;
	vt->private = 0;
	vt->state = VT_CSI;
}

static void set_tab(struct vt *vt)
{
	vt->tabs[vt->pen.column / 8] |= (u8)BIT(vt->pen.column % 8);
}

/* ESC and one character that begins something longer: where that leads, else GROUND. */
static enum vt_state introducer(u8 c)
{
	switch (c) {
	case '(':
		return VT_CHARSET_G0;
	case ')':
		return VT_CHARSET_G1;
	case '#':
		return VT_HASH;
	case '%':
		return VT_PERCENT;
	case ']':
		return VT_OSC;
	}
	return VT_GROUND;
}

static void escape(struct vt *vt, u8 c)
{
	vt->state = introducer(c);
	switch (c) {
	case '[':
		begin_csi(vt);
		break;
	case '7':
		vt_save(vt);
		break;
	case '8':
		vt_restore(vt);
		break;
	case 'E':
		carriage_return(vt);
		line_feed(vt);
		break;
	case 'D':
		line_feed(vt);
		break;
	case 'M':
		reverse_line_feed(vt);
		break;
	case 'H':
		set_tab(vt);
		break;
	case 'Z':
		begin_csi(vt);
		vt->state = VT_GROUND;
		vt_csi(vt, 'c');
		break;
	case 'c':
		vt_reset(vt);
		break;
	case '=':
	case '>':
		vt->application_keypad = c == '=';
		break;
	}
}

static void csi_byte(struct vt *vt, u8 c)
{
	unsigned int *param = &vt->params[min(vt->nr_params, VT_PARAMS - 1)];

	if (c >= '0' && c <= '9') {
		*param = min(*param * 10 + c - '0', 9999u);
	} else if (c == ';' || c == ':') {
		if (vt->nr_params < VT_PARAMS - 1)
			vt->nr_params++;
	} else if (c == '[' && !vt->nr_params && !*param) {
		vt->state = VT_CSI_FUNCTION;
	} else if (c < '@') {
		vt->private = (char)c;
	} else {
		vt->state = VT_GROUND;
		vt->nr_params++;
		vt_csi(vt, (char)c);
	}
}

static void osc_byte(struct vt *vt, u8 c)
{
	if (vt->state == VT_PALETTE) {
		if (!--vt->osc_left)
			vt->state = VT_GROUND;
	} else if (c == 'P') {
		vt->state = VT_PALETTE; /* the colours stay the hardware's */
		vt->osc_left = 7;
	} else if (c == 'R' || c == BEL) {
		vt->state = VT_GROUND;
	}
}

/* ESC # 8 fills the screen with E, to adjust a tube by. */
static void align(struct vt *vt)
{
	fill(vt->cells, VT_ROWS * VT_COLUMNS, VT_CELL('E', VT_ATTRIBUTE));
	vt_touch(vt, 0, VT_ROWS);
}

static void sequence_byte(struct vt *vt, u8 c)
{
	switch (vt->state) {
	case VT_ESCAPE:
		escape(vt, c);
		return;
	case VT_CSI:
		csi_byte(vt, c);
		return;
	case VT_OSC:
	case VT_PALETTE:
		osc_byte(vt, c);
		return;
	case VT_CHARSET_G0:
	case VT_CHARSET_G1:
		vt->pen.graphics[vt->state == VT_CHARSET_G1] = c == '0';
		break;
	case VT_HASH:
		if (c == '8')
			align(vt);
		break;
	default:
		break;
	}
	vt->state = VT_GROUND;
}

static void vt_putc(struct vt *vt, u8 c)
{
	if (vt->state == VT_OSC && c == BEL)
		vt->state = VT_GROUND;
	else if (control(vt, c))
		return;
	else if (vt->state != VT_GROUND)
		sequence_byte(vt, c);
	else if (c >= 0x80)
		put_utf8(vt, c);
	else
		put(vt, c);
}

void vt_write(struct vt *vt, const char *text, size_t len)
{
	while (len--)
		vt_putc(vt, (u8)*text++);
}

/*
 * The program's state is put aside and comes back. With a scroll region the kernel's lines still
 * scroll the whole screen: they must be seen.
 */
void vt_print(struct vt *vt, const char *text, size_t len)
{
	struct vt_pen pen = vt->pen;
	unsigned int top = vt->top, bottom = vt->bottom;
	enum vt_state state = vt->state;
	u8 utf8_left = vt->utf8_left;
	bool newline_mode = vt->newline_mode, insert = vt->insert, autowrap = vt->autowrap;

	vt_reset_pen(&vt->pen);
	vt->pen.graphics[0] = vt->pen.graphics[1] = false;
	vt->top = 0;
	vt->bottom = VT_ROWS;
	vt->state = VT_GROUND;
	vt->newline_mode = vt->autowrap = true;
	vt->insert = false;
	for (; len; len--, text++) {
		if (*text != ESC)
			vt_putc(vt, (u8)*text);
	}
	pen.row = vt->pen.row;
	pen.column = vt->pen.column;
	pen.wrap_next = vt->pen.wrap_next;
	vt->pen = pen;
	vt->top = top;
	vt->bottom = bottom;
	vt->state = state;
	vt->utf8_left = utf8_left;
	vt->newline_mode = newline_mode;
	vt->insert = insert;
	vt->autowrap = autowrap;
}

size_t vt_take_answer(struct vt *vt, char *buf, size_t size)
{
	size_t len = min((size_t)vt->answer_len, size);

	memcpy(buf, vt->answer, len);
	vt->answer_len = 0;
	return len;
}
