namespace Routing.Policy.Analysis;

/// <summary>Things by number, in parts that are cut smaller by and by. A cut costs what it has members, not what there is.</summary>
internal sealed class Partition(int count)
{
    private readonly int[] _partOf = new int[count];
    private readonly List<(int Cut, int Inside)> _parts = [default]; // of each the last cut through it, and where its members inside went
    private int _cuts;

    /// <summary>How many parts there have been: their numbers are smaller.</summary>
    public int Parts => _parts.Count;

    /// <summary>The part that something is in.</summary>
    public int this[int item] => _partOf[item];

    /// <summary>Everything is one part again.</summary>
    public void Join()
    {
        Array.Clear(_partOf);
        _parts.Clear();
        _parts.Add(default);
        _cuts = 0;
    }

    /// <summary>Everything is a part of its own.</summary>
    public void Sever()
    {
        for (var i = 0; i < _partOf.Length; i++)
        {
            _partOf[i] = _parts.Count;
            _parts.Add(default);
        }
    }

    /// <summary>What is inside is apart from what is not.</summary>
    public void Cut(ReadOnlySpan<int> inside)
    {
        _cuts++;
        foreach (var item in inside)
        {
            var part = _partOf[item];
            if (_parts[part].Cut != _cuts)
            {
                _parts[part] = (_cuts, _parts.Count);
                _parts.Add(default);
            }

            _partOf[item] = _parts[part].Inside;
        }
    }
}
