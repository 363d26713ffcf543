// SPDX-License-Identifier: Apache-2.0
// A chosen picture becomes a square WebP of at most 256 pixels: nothing else of the file leaves the
// browser.

export const PICTURE_SIZE = 256;

/** The largest square in the middle of a picture. */
export function middleSquare(
    width: number,
    height: number,
): { x: number; y: number; side: number } {
    const side = Math.min(width, height);
    return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
}

/** Undefined when the browser cannot read the file as a picture. */
export async function squarePicture(file: Blob): Promise<Blob | undefined> {
    let bitmap: ImageBitmap;
    try {
        bitmap = await createImageBitmap(file);
    } catch {
        return undefined;
    }
    const { x, y, side } = middleSquare(bitmap.width, bitmap.height);
    const size = Math.min(PICTURE_SIZE, side);
    const canvas = document.createElement('canvas');
    canvas.width = size;
    canvas.height = size;
    canvas.getContext('2d')?.drawImage(bitmap, x, y, side, side, 0, 0, size, size);
    bitmap.close();
    const picture = await new Promise<Blob | null>((done) => {
        canvas.toBlob(done, 'image/webp', 0.85);
    });
    // A browser that cannot write WebP answers with PNG, which the server refuses.
    return picture?.type === 'image/webp' ? picture : undefined;
}
