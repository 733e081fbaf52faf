/*
 * The sequences ESC [ parameters letter (ECMA-48; console_codes(4)): cursor, erasing, inserting
 * and deleting, colours, modes, questions. A table says which function serves a
 * letter; what is not in it does nothing.
 */
#include "kernel/drivers/vt.h"

#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"

/* Parameter n; what is missing or 0 means `otherwise`. */
static unsigned int param(const struct vt *vt, unsigned int n, unsigned int otherwise)
{
	return n < vt->nr_params && vt->params[n] ? vt->params[n] : otherwise;
}

static int count(const struct vt *vt)
{
	return (int)param(vt, 0, 1);
}

static unsigned int here(const struct vt *vt)
{
	return vt->pen.row * VT_COLUMNS + vt->pen.column;
}

static unsigned int line_start(const struct vt *vt)
{
	return vt->pen.row * VT_COLUMNS;
}

/* Up and down stop at the scroll region's end when they began within it. */
static void move_rows(struct vt *vt, int by, int column)
{
	unsigned int row = vt->pen.row;
	int to = (int)row + by;

	if (by < 0 && row >= vt->top)
		to = max(to, (int)vt->top);
	if (by > 0 && row < vt->bottom)
		to = min(to, (int)vt->bottom - 1);
	vt_move(vt, to, column);
}

static void cursor_up(struct vt *vt)
{
	move_rows(vt, -count(vt), (int)vt->pen.column);
}

static void cursor_down(struct vt *vt)
{
	move_rows(vt, count(vt), (int)vt->pen.column);
}

static void cursor_right(struct vt *vt)
{
	vt_move(vt, (int)vt->pen.row, (int)vt->pen.column + count(vt));
}

static void cursor_left(struct vt *vt)
{
	vt_move(vt, (int)vt->pen.row, (int)vt->pen.column - count(vt));
}

static void next_line(struct vt *vt)
{
	move_rows(vt, count(vt), 0);
}

static void previous_line(struct vt *vt)
{
	move_rows(vt, -count(vt), 0);
}

static void to_column(struct vt *vt)
{
	vt_move(vt, (int)vt->pen.row, count(vt) - 1);
}

static int row_of(const struct vt *vt, unsigned int number)
{
	return (int)(number - 1 + (vt->origin ? vt->top : 0));
}

static void to_row(struct vt *vt)
{
	vt_move(vt, row_of(vt, param(vt, 0, 1)), (int)vt->pen.column);
}

static void to_place(struct vt *vt)
{
	vt_move(vt, row_of(vt, param(vt, 0, 1)), (int)param(vt, 1, 1) - 1);
}

/* 0: from here on, 1: up to here, 2 (3): everything between the bounds. */
static void erase_part(struct vt *vt, unsigned int first, unsigned int end)
{
	unsigned int what = vt->params[0];

	if (what == 0)
		vt_erase(vt, here(vt), end);
	else if (what == 1)
		vt_erase(vt, first, here(vt) + 1);
	else
		vt_erase(vt, first, end);
	vt->pen.wrap_next = false;
}

static void erase_display(struct vt *vt)
{
	erase_part(vt, 0, VT_ROWS * VT_COLUMNS);
}

static void erase_line(struct vt *vt)
{
	erase_part(vt, line_start(vt), line_start(vt) + VT_COLUMNS);
}

static void erase_characters(struct vt *vt)
{
	unsigned int n = min(param(vt, 0, 1), VT_COLUMNS - vt->pen.column);

	vt_erase(vt, here(vt), here(vt) + n);
}

static void insert_characters(struct vt *vt)
{
	unsigned int left = VT_COLUMNS - vt->pen.column, n = min(param(vt, 0, 1), left);
	u16 *cell = vt->cells + here(vt);

	memmove(cell + n, cell, (left - n) * sizeof(u16));
	vt_erase(vt, here(vt), here(vt) + n); /* n is not 0: it touches the row */
}

static void delete_characters(struct vt *vt)
{
	unsigned int left = VT_COLUMNS - vt->pen.column, n = min(param(vt, 0, 1), left);
	u16 *cell = vt->cells + here(vt);

	memmove(cell, cell + n, (left - n) * sizeof(u16));
	vt_erase(vt, line_start(vt) + VT_COLUMNS - n, line_start(vt) + VT_COLUMNS);
}

static bool in_region(const struct vt *vt)
{
	return vt->pen.row >= vt->top && vt->pen.row < vt->bottom;
}

static void insert_lines(struct vt *vt)
{
	if (in_region(vt))
		vt_scroll_down(vt, vt->pen.row, vt->bottom, param(vt, 0, 1));
}

static void delete_lines(struct vt *vt)
{
	if (in_region(vt))
		vt_scroll_up(vt, vt->pen.row, vt->bottom, param(vt, 0, 1));
}

static void scroll_up(struct vt *vt)
{
	vt_scroll_up(vt, vt->top, vt->bottom, param(vt, 0, 1));
}

static void scroll_down(struct vt *vt)
{
	vt_scroll_down(vt, vt->top, vt->bottom, param(vt, 0, 1));
}

static void scroll_region(struct vt *vt)
{
	unsigned int top = param(vt, 0, 1), bottom = param(vt, 1, VT_ROWS);

	if (top >= bottom || bottom > VT_ROWS)
		return;
	vt->top = top - 1;
	vt->bottom = bottom;
	vt_move(vt, row_of(vt, 1), 0);
}

static void clear_tabs(struct vt *vt)
{
	if (vt->params[0] == 3)
		memset(vt->tabs, 0, sizeof(vt->tabs));
	else if (vt->params[0] == 0)
		vt->tabs[vt->pen.column / 8] &= (u8)~BIT(vt->pen.column % 8);
}

static void set_mode(struct vt *vt, bool on)
{
	for (unsigned int i = 0; i < vt->nr_params; i++) {
		switch (vt->params[i] + (vt->private == '?' ? 1000 : 0)) {
		case 4:
			vt->insert = on;
			break;
		case 20:
			vt->newline_mode = on;
			break;
		case 1001:
			vt->application_cursor = on;
			break;
		case 1006:
			vt->origin = on;
			vt_move(vt, row_of(vt, 1), 0);
			break;
		case 1007:
			vt->autowrap = on;
			break;
		case 1025:
			vt->cursor_visible = on;
			break;
		}
	}
}

static void mode_on(struct vt *vt)
{
	set_mode(vt, true);
}

static void mode_off(struct vt *vt)
{
	set_mode(vt, false);
}

/* The terminals' colours in the order of VGA's bits: red and blue change places. */
static const u8 vga_colour[8] = {0, 4, 2, 6, 1, 5, 3, 7};

/* 38;5;n and 48;5;n: the first 16 of 256 colours; of the rest, and of 38;2;r;g;b, light grey. */
static unsigned int extended_colour(const struct vt *vt, unsigned int i, u8 *colour)
{
	if (param(vt, i + 1, 0) == 5) {
		unsigned int n = param(vt, i + 2, 0);

		*colour = n < 16 ? (u8)(vga_colour[n & 7] | (n & 8)) : VT_ATTRIBUTE;
		return 2;
	}
	*colour = VT_ATTRIBUTE;
	return param(vt, i + 1, 0) == 2 ? 4 : 0;
}

/* What is not a colour. */
static void set_looks(struct vt_pen *pen, unsigned int n)
{
	switch (n) {
	case 0:
		vt_reset_pen(pen);
		break;
	case 1:
		pen->bold = true;
		break;
	case 2:
	case 21:
	case 22:
		pen->bold = false;
		break;
	case 4:
	case 24:
		pen->underline = n == 4;
		break;
	case 5:
	case 25:
		pen->blink = n == 5;
		break;
	case 7:
	case 27:
		pen->reverse = n == 7;
		break;
	case 39:
		pen->foreground = VT_ATTRIBUTE & 7;
		break;
	case 49:
		pen->background = 0;
		break;
	}
}

static void select_graphics(struct vt *vt)
{
	struct vt_pen *pen = &vt->pen;

	for (unsigned int i = 0; i < vt->nr_params; i++) {
		unsigned int n = vt->params[i];

		if (n == 38)
			i += extended_colour(vt, i, &pen->foreground);
		else if (n == 48)
			i += extended_colour(vt, i, &pen->background);
		else if (n >= 30 && n <= 37)
			pen->foreground = vga_colour[n - 30];
		else if (n >= 40 && n <= 47)
			pen->background = vga_colour[n - 40];
		else if (n >= 90 && n <= 97)
			pen->foreground = vga_colour[n - 90] | 8;
		else if (n >= 100 && n <= 107)
			pen->background = vga_colour[n - 100];
		else
			set_looks(pen, n);
	}
}

static void report(struct vt *vt)
{
	unsigned int row = vt->pen.row - (vt->origin ? vt->top : 0);

	if (vt->params[0] == 5)
		vt->answer_len = (u8)scnprintf(vt->answer, sizeof(vt->answer), "\033[0n");
	else if (vt->params[0] == 6)
		vt->answer_len = (u8)scnprintf(vt->answer, sizeof(vt->answer), "\033[%u;%uR",
					       row + 1, vt->pen.column + 1);
}

/* "A VT102", as Linux's console says. */
static void identify(struct vt *vt)
{
	if (!vt->params[0])
		vt->answer_len = (u8)scnprintf(vt->answer, sizeof(vt->answer), "\033[?6c");
}

static const struct {
	char final;
	bool private; /* also after '?' */
	void (*serve)(struct vt *vt);
} table[] = {
	{'@', false, insert_characters},
	{'A', false, cursor_up},
	{'B', false, cursor_down},
	{'C', false, cursor_right},
	{'D', false, cursor_left},
	{'E', false, next_line},
	{'F', false, previous_line},
	{'G', false, to_column},
	{'H', false, to_place},
	{'J', false, erase_display},
	{'K', false, erase_line},
	{'L', false, insert_lines},
	{'M', false, delete_lines},
	{'P', false, delete_characters},
	{'S', false, scroll_up},
	{'T', false, scroll_down},
	{'X', false, erase_characters},
	{'`', false, to_column},
	{'a', false, cursor_right},
	{'c', false, identify},
	{'d', false, to_row},
	{'e', false, cursor_down},
	{'f', false, to_place},
	{'g', false, clear_tabs},
	{'h', true, mode_on},
	{'l', true, mode_off},
	{'m', false, select_graphics},
	{'n', false, report},
	{'r', false, scroll_region},
	{'s', false, vt_save},
	{'u', false, vt_restore},
};

void vt_csi(struct vt *vt, char final)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i].final != final)
			continue;
		if (!vt->private || (table[i].private && vt->private == '?'))
			table[i].serve(vt);
		return;
	}
}
