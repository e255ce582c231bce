package spansieve

// addedRows are rows to add, and for look-ups by key those of each group as a chain from the last to the first.
type addedRows struct {
	group    []uint32 // None for a row that was removed again
	key      []uint32
	kind     []uint8
	value    []uint32
	holes    bool // whether any was removed again
	last     stamps
	previous []uint32
}

// setRows are rows whose value changes, each once.
type setRows struct {
	row     []uint32 // None for a row that was removed later
	kind    []uint8
	value   []uint32
	placeOf stamps
}

// renamedRows are rows whose key changes, each once.
type renamedRows struct {
	row     []uint32 // None for a row that was removed later
	key     []uint32
	placeOf stamps
}

func isNested(kind uint8) bool {
	return kind == uint8(KindArray) || kind == uint8(KindMap)
}

func (a *addedRows) clear() {
	a.group, a.key, a.kind, a.value, a.previous = a.group[:0], a.key[:0], a.kind[:0], a.value[:0], a.previous[:0]
	a.holes = false
	a.last.clear()
}

func (a *addedRows) push(group, key uint32, kind Kind, value uint32) {
	a.group = append(a.group, group)
	a.key = append(a.key, key)
	a.kind = append(a.kind, uint8(kind))
	a.value = append(a.value, value)
}

// chain takes the rows that were added since the last look-up into the chains. Who never looks up never pays.
func (a *addedRows) chain() {
	for place := len(a.previous); place < len(a.group); place++ {
		group := a.group[place]
		previous, ok := a.last.get(group)
		if !ok {
			previous = None
		}
		a.previous = append(a.previous, previous)
		if group != None {
			a.last.put(group, uint32(place))
		}
	}
}

func (s *setRows) clear() {
	s.row, s.kind, s.value = s.row[:0], s.kind[:0], s.value[:0]
	s.placeOf.clear()
}

func (r *renamedRows) clear() {
	r.row, r.key = r.row[:0], r.key[:0]
	r.placeOf.clear()
}

// groupOf is the group of the attributes of something. It asks for the type instead of calling a method, so that the view need not be
// moved to the heap.
func groupOf(on Carrier) Attributes {
	switch on := on.(type) {
	case Span:
		return on.Attributes()
	case Event:
		return on.Attributes()
	case Link:
		return on.Attributes()
	case Scope:
		return on.Attributes()
	case Resource:
		return on.Attributes()
	}
	panic("only a Span, an Event, a Link, a Scope and a Resource have attributes")
}

func (e *Edits) addTo(group Attributes, key string, value any) {
	number := e.texts.intern(key)
	kind, of := e.bring(value, 0)
	e.added.push(group.group, number, kind, of)
}

// where a key was found.
type where uint8

const (
	nowhere where = iota
	inBatch       // the place is a row
	inAdded       // the place is one of the added rows
)

// find looks for a key as it would stand after the edits so far.
func (e *Edits) find(group Attributes, key string) (place uint32, found where) {
	index := None
	if group.start != group.end {
		index = e.batch.key(key)
	}
	switch {
	case len(e.renamed.row) > 0:
		for row := group.start; row < group.end; row++ {
			if !e.gone.has(row) && e.hasKey(row, index, key) {
				return row, inBatch
			}
		}
	case index != None:
		for row := group.start; row < group.end; row++ {
			if e.batch.u32At(ColumnRowKey, row) == index && !e.gone.has(row) {
				return row, inBatch
			}
		}
	}
	if len(e.added.group) == 0 {
		return 0, nowhere
	}
	e.added.chain()
	next, ok := e.added.last.get(group.group)
	for ok && next != None {
		if e.added.group[next] == group.group && e.textIs(e.added.key[next], key) {
			return next, inAdded
		}
		next = e.added.previous[next]
	}
	return 0, nowhere
}

// hasKey tells whether a row has a key, whose index in the batch is given, after the edits so far.
func (e *Edits) hasKey(row, index uint32, key string) bool {
	if place, ok := e.renamed.placeOf.get(row); ok {
		return e.textIs(e.renamed.key[place], key)
	}
	return index != None && e.batch.u32At(ColumnRowKey, row) == index
}

func (e *Edits) textIs(text uint32, is string) bool {
	if text >= e.base.texts {
		return string(e.texts.nth(text-e.base.texts)) == is
	}
	return string(e.batch.text(text)) == is
}

func (e *Edits) setFound(place uint32, found where, value any) {
	kind, number := e.bring(value, 0)
	if found == inBatch {
		e.setRow(place, kind, number)
		return
	}
	e.orphans = e.orphans || isNested(e.added.kind[place])
	e.added.kind[place] = uint8(kind)
	e.added.value[place] = number
}

func (e *Edits) setRow(row uint32, kind Kind, value uint32) {
	if e.gone.has(row) {
		e.orphans = e.orphans || isNested(uint8(kind))
		return
	}
	if place, ok := e.set.placeOf.get(row); ok {
		e.orphans = e.orphans || isNested(e.set.kind[place])
		e.set.kind[place] = uint8(kind)
		e.set.value[place] = value
		return
	}
	e.set.placeOf.put(row, uint32(len(e.set.row)))
	e.set.row = append(e.set.row, row)
	e.set.kind = append(e.set.kind, uint8(kind))
	e.set.value = append(e.set.value, value)
}

func (e *Edits) renameRow(row, key uint32) {
	if e.gone.has(row) {
		return
	}
	if place, ok := e.renamed.placeOf.get(row); ok {
		e.renamed.key[place] = key
		return
	}
	e.renamed.placeOf.put(row, uint32(len(e.renamed.row)))
	e.renamed.row = append(e.renamed.row, row)
	e.renamed.key = append(e.renamed.key, key)
}

func (e *Edits) removeRow(row uint32) {
	if e.gone.has(row) {
		return
	}
	e.gone.put(row, 1)
	e.removed = append(e.removed, row)
	if place, ok := e.set.placeOf.get(row); ok {
		e.orphans = e.orphans || isNested(e.set.kind[place])
		e.set.row[place] = None
	}
	if place, ok := e.renamed.placeOf.get(row); ok {
		e.renamed.row[place] = None
	}
}
