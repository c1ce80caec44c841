namespace Routing.Policy.Model;

/// <summary>Who may stand at the other end of a rule's flows.</summary>
public abstract record PeerSpec
{
    private PeerSpec()
    {
    }

    /// <summary>Pods by labels.</summary>
    public sealed record Pods(PodSelection Selection) : PeerSpec;

    /// <summary>Nodes by labels: their own addresses, which are those of their host-network pods too.</summary>
    public sealed record Nodes(LabelSelector Selector) : PeerSpec;

    /// <summary>Addresses, whoever has them; a pod's as well.</summary>
    public sealed record IpBlock(Cidr Cidr, EquatableArray<Cidr> Except) : PeerSpec
    {
        /// <summary>True when the address is in the block and in no exception.</summary>
        public bool Contains(Address address)
        {
            if (!Cidr.Contains(address))
            {
                return false;
            }

            foreach (var hole in Except)
            {
                if (hole.Contains(address))
                {
                    return false;
                }
            }

            return true;
        }

        /// <summary>What is in the block and in no exception.</summary>
        public IEnumerable<AddressRange> Ranges() => Cidr.Range.Except(Except.Items.Select(hole => hole.Range));

        /// <inheritdoc/>
        public override string ToString() =>
            Except.Count == 0 ? $"{Cidr}" : $"{Cidr} except {string.Join(", ", Except.Items)}";
    }
}
