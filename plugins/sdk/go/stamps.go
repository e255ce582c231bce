package spansieve

// stamps says for some indices which number was put there since the last clear, which takes no time however many there are.
type stamps struct {
	generation uint32
	of         []stamp
}

type stamp struct {
	generation, number uint32
}

func (s *stamps) clear() {
	// What was never put has generation 0, which is never current after the first clear.
	s.generation++
	if s.generation == 0 {
		clear(s.of)
		s.generation = 1
	}
}

func (s *stamps) get(index uint32) (uint32, bool) {
	if uint64(index) < uint64(len(s.of)) {
		if p := s.of[index]; p.generation == s.generation {
			return p.number, true
		}
	}
	return 0, false
}

func (s *stamps) has(index uint32) bool {
	_, ok := s.get(index)
	return ok
}

func (s *stamps) put(index, number uint32) {
	if uint64(index) >= uint64(len(s.of)) {
		s.grow(index)
	}
	s.of[index] = stamp{s.generation, number}
}

func (s *stamps) grow(index uint32) {
	s.of = append(s.of, make([]stamp, int(index)+1-len(s.of))...)
	s.of = s.of[:cap(s.of)]
}
