using Routing.Bgp.Rib;

namespace Routing.Bgp.Speaker;

/// <summary>Places in the RIB, for neighbours and for whatever else brings routes; the lowest free one is taken, because
/// tables are as long as the greatest. Any thread may ask.</summary>
internal sealed class PeerIndexes
{
    private readonly Lock _gate = new();
    private readonly HashSet<ushort> _taken = [PeerIndex.Local.Value];

    /// <summary>Takes a free place.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public PeerIndex Take()
    {
        lock (_gate)
        {
            // Below the greatest number: views store a number plus one.
            for (ushort number = 1; number < ushort.MaxValue; number++)
            {
                if (_taken.Add(number))
                {
                    return new PeerIndex(number);
                }
            }
        }

        throw new InvalidOperationException($"{ushort.MaxValue - 1} neighbours are the most there can be.");
    }

    /// <summary>Gives a place back that nothing in the RIB names any more.</summary>
    public void Return(PeerIndex index)
    {
        lock (_gate)
        {
            _taken.Remove(index.Value);
        }
    }
}
