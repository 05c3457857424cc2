with statistical_neighbours as (
    select * from {{ ref('stg_published_statistics__statistical_neighbours') }}
),

-- The newest model, for all years, past ones too; an abolished authority has in it the neighbours
-- it had.
newest_list as (
    select
        la_code,
        region_name,
        neighbour_rank,
        neighbour_la_code,
        model
    from statistical_neighbours
    qualify
        delivery_id = first_value(delivery_id)
            over (
                order by model desc, received_at desc, delivery_id desc
            )
        and model = max(model) over ()
)

select * from newest_list
