using System.Net;

namespace Routing.Agent.Ipam;

/// <summary>Gives out the addresses of one block: the lowest that no pod has had yet, and when there are none left, the
/// one that has been free for longest. So an address rests for as long as the block allows before it names another pod,
/// while caches, logs and policies elsewhere forget the old one.</summary>
/// <remarks>Not thread-safe. Costs memory for the addresses that were used, not for the size of the block: an IPv6
/// block has 2^64.</remarks>
public sealed class BlockAllocator
{
    private readonly HashSet<UInt128> _inUse = [];
    private readonly HashSet<UInt128> _resting = [];
    private readonly Queue<UInt128> _restingInOrder = new(); // may name some that were claimed since; _resting decides
    private UInt128 _lowestUntouched;

    /// <param name="block">What to give out.</param>
    public BlockAllocator(AddressBlock block) => (Block, _lowestUntouched) = (block, block.First);

    /// <summary>What is given out.</summary>
    public AddressBlock Block { get; }

    /// <summary>How many addresses pods have.</summary>
    public int InUse => _inUse.Count;

    /// <summary>Takes an address.</summary>
    /// <returns>Null when the block is full.</returns>
    public IPAddress? Allocate()
    {
        while (_lowestUntouched <= Block.Last)
        {
            var offset = _lowestUntouched;
            if (offset == UInt128.MaxValue)
            {
                break; // the last address of ::/0; one step on would be the first again
            }

            _lowestUntouched++;
            if (!_resting.Contains(offset) && _inUse.Add(offset))
            {
                return Block[offset];
            }
        }

        while (_restingInOrder.TryDequeue(out var offset))
        {
            if (_resting.Remove(offset))
            {
                _inUse.Add(offset);
                return Block[offset];
            }
        }

        return null;
    }

    /// <summary>Marks an address that a pod already has.</summary>
    /// <returns>False when it is not of this block, or taken.</returns>
    public bool TryClaim(IPAddress address)
    {
        if (!Block.TryGetOffset(address, out var offset) || !_inUse.Add(offset))
        {
            return false;
        }

        _resting.Remove(offset);
        return true;
    }

    /// <summary>Gives an address back; it rests behind those given back before.</summary>
    /// <returns>False when it was not in use.</returns>
    public bool Release(IPAddress address)
    {
        if (!Block.TryGetOffset(address, out var offset) || !_inUse.Remove(offset))
        {
            return false;
        }

        // An address that was claimed from outside First..Last (a record of another version) is not ours to give out.
        if (offset >= Block.First && offset <= Block.Last)
        {
            _resting.Add(offset);
            _restingInOrder.Enqueue(offset);
        }

        return true;
    }
}
