namespace Routing.Bgp.Rib.Tables;

/// <summary>An array that grows without moving what it holds: no copy of a large table, no large object that the
/// collector has to keep in one piece, and references stay valid.</summary>
/// <remarks>Index 0 is reserved: tables use it as "none", so a link of 0 ends a list.</remarks>
internal sealed class ChunkedArray<T>
    where T : unmanaged
{
    private const int ChunkBits = 13;
    private const int ChunkSize = 1 << ChunkBits;

    private T[][] _chunks = [new T[ChunkSize]];
    private int _chunkCount = 1;

    /// <summary>One past the greatest index in use.</summary>
    public int End { get; private set; } = 1;

    /// <summary>The element, which must be below <see cref="End"/>.</summary>
    public ref T this[int index] => ref _chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    /// <summary>Makes room for one more element.</summary>
    /// <returns>Its index.</returns>
    public int Add()
    {
        if (End == _chunkCount << ChunkBits)
        {
            EnsureEnd(End + 1);
            return End - 1;
        }

        return End++;
    }

    /// <summary>Grows with default elements until <paramref name="end"/> is reached.</summary>
    public void EnsureEnd(int end)
    {
        while (_chunkCount << ChunkBits < end)
        {
            if (_chunkCount == _chunks.Length)
            {
                Array.Resize(ref _chunks, _chunkCount * 2);
            }

            TableMemory.Populate(_chunks[_chunkCount++] = new T[ChunkSize]);
        }

        End = Math.Max(End, end);
    }

    /// <summary>A copy of its own.</summary>
    public ChunkedArray<T> Clone()
    {
        var copy = new ChunkedArray<T>();
        copy.EnsureEnd(End);
        for (var i = 0; i < _chunkCount && i < copy._chunkCount; i++)
        {
            _chunks[i].CopyTo(copy._chunks[i], 0);
        }

        return copy;
    }
}
