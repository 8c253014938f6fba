import type { Box } from './box-size.ts';
import type { Group, Link, Vertex } from './picture.ts';

/** Pixels from the left and the top. */
export interface Point {
  x: number;
  y: number;
}

/** A rectangle by its corner. */
export interface Rect extends Point {
  width: number;
  height: number;
}

export interface PlacedVertex extends Rect {
  vertex: Vertex;
  box: Box;
}

export interface PlacedLink {
  link: Link;
  points: Point[];
  /** Around the words; missing where there are none. */
  label?: Rect & { box: Box };
}

export interface PlacedPicture {
  width: number;
  height: number;
  groups: (Rect & { group: Group })[];
  vertices: PlacedVertex[];
  links: PlacedLink[];
}
