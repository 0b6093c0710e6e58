// Undoes packing.py: base64 of deflated little-endian bytes.

async function bytes(packed) {
  const deflated = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

/** A typed array of the given type, such as Uint16Array. */
export async function unpack(packed, Type) {
  return new Type(await bytes(packed));
}

export async function unpackLines(packed) {
  return new TextDecoder().decode(await bytes(packed)).split("\n");
}

/** Pairs that were sent as differences, in place. */
export function addSteps(pairs) {
  for (let i = 2; i < pairs.length; i += 1) pairs[i] += pairs[i - 2];
  return pairs;
}
