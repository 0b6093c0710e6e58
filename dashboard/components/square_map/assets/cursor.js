// The keyboard's own pointer: from square to square by the arrow keys.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const REACH = 12; // squares that one press may jump over, where the territory has a gap

export const isArrow = (key) => key in ARROWS;

/** The next square in a direction, or the same one at the edge. */
export function step(squares, square, key) {
  const [right, up] = ARROWS[key];
  const [southwest, southeast, , northwest] = squares.corners(square);
  const [x, y] = squares.centre(square);
  const along = (axis) => right * (southeast[axis] - southwest[axis]) + up * (northwest[axis] - southwest[axis]);
  for (let jump = 1; jump <= REACH; jump += 1) {
    const next = squares.at(x + jump * along(0), y + jump * along(1));
    if (next >= 0) return next;
  }
  return square;
}

/** The square that is nearest to a point. */
export function nearest(squares, x, y) {
  const under = squares.at(x, y);
  if (under >= 0) return under;
  let [best, least] = [-1, Infinity];
  for (let square = 0; square < squares.count; square += 1) {
    const [ownX, ownY] = squares.centre(square);
    const distance = (ownX - x) ** 2 + (ownY - y) ** 2;
    if (distance < least) [best, least] = [square, distance];
  }
  return best;
}
